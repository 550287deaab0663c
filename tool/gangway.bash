# SPDX-License-Identifier: BSD-2-Clause
# Completion for bash: the program itself knows its words.
_gangway() {
	local now=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}

	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W "$(gangway --words)" -- "$now")
	elif [[ $now == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"$(gangway --words "$command" | tr -d =) --help" -- "$now")
	else
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$now")
	fi
}
complete -F _gangway gangway

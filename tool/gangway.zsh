#compdef gangway
# SPDX-License-Identifier: BSD-2-Clause
# Completion for zsh: the program itself knows its words.
_gangway() {
	if ((CURRENT == 2)); then
		compadd -- ${(f)"$(gangway --words)"}
	elif [[ $PREFIX == -* ]]; then
		compadd -- --help ${${(f)"$(gangway --words $words[2])"}%=}
	else
		_files
	fi
}
_gangway "$@"

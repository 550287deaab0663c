/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memmove() of lists, entry by entry. As bytes, whose number is not known, they
 * are too much for the solver.
 */
#ifndef TESTS_PROVE_MOVES_H
#define TESTS_PROVE_MOVES_H

#include <string.h>

#define memmove(to, from, size)                                                \
	do {                                                                   \
		__typeof__(&(to)[0]) to_ = (to);                               \
		__typeof__(&(from)[0]) from_ = (from);                         \
		u64 nr_ = (size) / sizeof(*to_);                               \
		bool up_ = to_ > from_;                                        \
		for (u64 i_ = 0; i_ < nr_; i_++)                               \
			to_[up_ ? nr_ - 1 - i_ : i_] =                         \
				from_[up_ ? nr_ - 1 - i_ : i_];                \
	} while (0)

#endif

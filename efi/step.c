// SPDX-License-Identifier: BSD-2-Clause
/*
 * Two texts.
 */
#include "step.h"

const char *step_now, *step_for;

void step_begin(const char *what, const char *whom)
{
	step_now = what;
	step_for = whom;
}

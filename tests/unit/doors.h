/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The doors, which on the machine only assembly names.
 */
#ifndef TESTS_DOORS_H
#define TESTS_DOORS_H

#include "door.h"

extern const struct door mb1_door, mb2_door, pvh_door, linux_door;

#endif

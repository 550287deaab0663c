/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text between UEFI's UTF-16 and the UTF-8 of everything else.
 */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include "view.h"

/*
 * Turn load options (UEFI 2.10, section 9.1.1) into UTF-8: up to a NUL or the
 * end, without a byte order mark, an odd last byte left out, all blanks as
 * spaces. Writes at most room bytes, without a NUL, and returns the length
 * it all has; 0 where it is no text, as some firmware passes binary data there:
 * control characters, half surrogates, or nothing of ASCII.
 */
u64 text_from_utf16(struct view utf16, char *out, u64 room);

/*
 * Turn UTF-8 into UTF-16 with a NUL. What is no UTF-8 becomes U+FFFD. Writes at
 * most room units and returns how many it all takes.
 */
u64 text_to_utf16(struct view utf8, u16 *out, u64 room);

#endif

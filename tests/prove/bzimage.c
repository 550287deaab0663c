// SPDX-License-Identifier: BSD-2-Clause
/* The setup header: what is taken of it agrees with itself and the file. */
#include "prove.h"

#include "bzimage.h"

void harness(void)
{
	struct view image = any_file(LONG);
	struct bzimage bz;

	if (bzimage_parse(image, &bz))
		return;
	prove(is_inside(bz.kernel, image) && bz.kernel.len);
	prove(is_power_of_two(bz.alignment) &&
	      is_power_of_two(bz.min_alignment) &&
	      bz.min_alignment <= bz.alignment);
	prove(bz.init_size >= bz.kernel.len);
	prove(bz.pref_address + bz.init_size >= bz.pref_address);
	prove(bz.initrd_end && bz.initrd_end <= 4 * GIB);
}

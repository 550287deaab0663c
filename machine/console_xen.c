// SPDX-License-Identifier: BSD-2-Clause
/*
 * The console of a Xen guest: a page that it shares with whoever keeps the
 * consoles, and an event channel to wake that one with.
 */
#include "console_parts.h"

#include "hypervisor.h"
#include "xen_ring.h"

/* Yields to others, about 2 us each: the daemon pauses for 200 ms after 30
 * events. */
#define YIELDS 500000

static volatile struct xen_ring *ring; /* NULL: there is none */
static u32 event_channel;

void xen_console_close(void)
{
	ring = NULL;
}

void xen_console_open(const struct mem *mem)
{
	phys at = xen_parameter(HVM_PARAM_CONSOLE_PFN) * PAGE_SIZE;

	xen_console_close();
	event_channel = (u32)xen_parameter(HVM_PARAM_CONSOLE_EVTCHN);
	if (at && event_channel && mem_has(mem, at, PAGE_SIZE))
		ring = (void *)(mem->host + (at - mem->start));
}

void xen_console_write(struct view text)
{
	u32 left = YIELDS;

	while (ring && text.len) {
		u64 n = xen_ring_put(ring, text);

		text = view_from(text, n);
		if (n)
			xen_notify(event_channel);
		else if (left--)
			xen_yield();
		else
			xen_console_close(); /* nobody reads it */
	}
}

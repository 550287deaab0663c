// SPDX-License-Identifier: BSD-2-Clause
/*
 * CPU exceptions (AMD64 manual volume 2, chapter 8): the tables that catch
 * them and the dump of the registers.
 */
#include "exceptions.h"

#include "console.h"
#include "cpu.h"
#include "segments.h"

#define EMERGENCY_IST 1
#define GATE_FLAGS    (0x8e00 | EMERGENCY_IST) /* present, interrupts off */
#define TSS_AVAILABLE 0x89		       /* present, 64-bit */

struct gate {
	u32 low;  /* selector, offset's bits 0 to 15 */
	u32 high; /* offset's bits 16 to 31, flags */
	u32 offset_32;
	u32 unused;
};
WIRE_SIZE(struct gate, 16);

struct tss {
	u32 unused;
	u64 rsp[3];
	u64 unused_28;
	u64 ist[7]; /* the first is IST1 */
	u8 unused_92[10];
	u16 io_map;
} wire_packed;
WIRE_SIZE(struct tss, 104);
WIRE_AT(struct tss, ist, 36);
WIRE_AT(struct tss, io_map, 102);

/* What exceptions.S has pushed, and before it the CPU. */
struct exception_frame {
	u64 registers[15]; /* in the order of register_names */
	u64 vector, error_code;
	u64 rip, cs, rflags, rsp, ss;
};

_Static_assert(WITH_ERROR_CODE ==
		       (1u << 8 | 1u << 10 | 1u << 11 | 1u << 12 | 1u << 13 |
			1u << 14 | 1u << 17 | 1u << 21 | 1u << 29 | 1u << 30),
	       "#DF, #TS, #NP, #SS, #GP, #PF, #AC, #CP, #VC, #SX");

static const char vector_names[NR_EXCEPTIONS][4] = {
	"#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM",
	"#DF", "",    "#TS", "#NP", "#SS", "#GP", "#PF", "",
	"#MF", "#AC", "#MC", "#XF", "#VE", "#CP", "",	 "",
	"",    "",    "",    "",    "#HV", "#VC", "#SX", "",
};

static const char register_names[15][4] = {
	"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8",
	"r9",  "r10", "r11", "r12", "r13", "r14", "r15",
};

extern u64 gdt[];
extern u8 exception_stubs[];
_Noreturn void exception(const struct exception_frame *frame);

static void (*end_of_all)(void) __attribute__((noreturn));
static struct gate idt[NR_EXCEPTIONS];
static struct tss tss;
static u8 emergency_stack[6144] __attribute__((aligned(16)));

void exceptions_init(void (*end)(void) __attribute__((noreturn)))
{
	u64 base = (u64)&tss;
	u32 stub = (u32)(u64)exception_stubs;

	/* The image is below 4 GiB, so the gates' upper halves stay 0. */
	for (u32 i = 0; i < NR_EXCEPTIONS; i++, stub += EXCEPTION_STUB) {
		idt[i].low = SEG_CODE64 << 16 | (stub & 0xffff);
		idt[i].high = (stub & 0xffff0000) | GATE_FLAGS;
	}
	tss.ist[EMERGENCY_IST - 1] =
		(u64)(emergency_stack + sizeof(emergency_stack));
	tss.io_map = sizeof(tss);
	gdt[SEG_TSS / 8] = (sizeof(tss) - 1) | (base & 0xffffff) << 16 |
			   (u64)TSS_AVAILABLE << 40 | (base >> 24 & 0xff) << 56;
	gdt[SEG_TSS / 8 + 1] = base >> 32;
	load_tss(SEG_TSS);
	load_idt(idt, sizeof(idt));
	end_of_all = end;
}

static void dump(const struct exception_frame *frame)
{
	say("gangway: exception %lu %s, error code %lx, at %lx:%lx",
	    frame->vector, vector_names[frame->vector], frame->error_code,
	    frame->cs, frame->rip);
	say("  rflags %lx rsp %lx cr2 %lx", frame->rflags, frame->rsp,
	    read_cr2());
	for (u32 i = 0; i < ARRAY_LEN(register_names); i += 3) {
		const char(*name)[4] = &register_names[i];
		const u64 *value = &frame->registers[i];

		say("  %3s %016lx %3s %016lx %3s %016lx", name[0], value[0],
		    name[1], value[1], name[2], value[2]);
	}
}

void exception(const struct exception_frame *frame)
{
	static u32 nr;

	nr++;
	if (nr == 1)
		dump(frame);
	else if (nr == 2)
		say("gangway: then exception %lu %s at %lx, which came of "
		    "telling of the first",
		    frame->vector, vector_names[frame->vector], frame->rip);
	end_of_all();
}

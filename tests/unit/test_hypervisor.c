// SPDX-License-Identifier: BSD-2-Clause
/*
 * hypervisor.c: whose CPUID leaves are taken for Xen's. The CPU is a stub, and
 * the file a part of this test, since it is not linked on the host.
 */
#include "guest.h"

/* Instead of cpu.h. */
#define MACHINE_CPU_H
#define CPUID_1_ECX_HYPERVISOR (1u << 31)
struct cpuid {
	u32 eax, ebx, ecx, edx;
};
static struct cpuid cpuid(u32 leaf, u32 subleaf);
static u64 vmcall(u64 number, u64 first, void *second);
static u64 vmmcall(u64 number, u64 first, void *second);

#include "hypervisor.c"

#define XEN    "XenVMMXenVMM"
#define HYPERV "Microsoft Hv"
#define KVM    "KVMKVMKVM\0\0"

static struct {
	bool is_there;
	u32 hyperv_base, xen_base; /* 0: there is none */
	u32 nr_leaves;		   /* of both, behind the first */
	const char *name;
	const char *vendor, *tdx;
	u32 nr_basic; /* the highest leaf */
	u32 nr_vmcalls, nr_vmmcalls;
} cpu;

static int setup(void **state)
{
	(void)state;
	memset(&cpu, 0, sizeof(cpu));
	cpu.is_there = true;
	cpu.nr_leaves = 4;
	cpu.name = XEN;
	cpu.vendor = "GenuntelineI";
	cpu.tdx = "Inte    lTDX";
	cpu.nr_basic = 0x20;
	return 0;
}

static u64 vmcall(u64 number, u64 first, void *second)
{
	(void)number, (void)first, (void)second;
	cpu.nr_vmcalls++;
	return 0;
}

static u64 vmmcall(u64 number, u64 first, void *second)
{
	(void)number, (void)first, (void)second;
	cpu.nr_vmmcalls++;
	return 0;
}

static struct cpuid name(u32 base, const char *text)
{
	struct cpuid id = { .eax = base + cpu.nr_leaves };

	memcpy(&id.ebx, text, 4);
	memcpy(&id.ecx, text + 4, 4);
	memcpy(&id.edx, text + 8, 4);
	return id;
}

/* A leaf that nobody has answers with the highest basic leaf's values. */
static struct cpuid cpuid(u32 leaf, u32 subleaf)
{
	(void)subleaf;
	if (leaf == 0 || leaf == 0x21)
		return (struct cpuid){
			.eax = cpu.nr_basic,
			.ebx = name(0, leaf ? cpu.tdx : cpu.vendor).ebx,
			.ecx = name(0, leaf ? cpu.tdx : cpu.vendor).ecx,
			.edx = name(0, leaf ? cpu.tdx : cpu.vendor).edx,
		};
	if (leaf == 1)
		return (struct cpuid){
			.ecx = cpu.is_there ? CPUID_1_ECX_HYPERVISOR : 0,
		};
	if (cpu.hyperv_base && leaf == cpu.hyperv_base)
		return name(leaf, HYPERV);
	if (cpu.xen_base && leaf == cpu.xen_base)
		return name(leaf, cpu.name);
	return (struct cpuid){ 7, 8, 9, 10 };
}

static void xen_is_found_at_each_base(void **state)
{
	(void)state;
	for (u32 base = 0x40000000; base <= 0x4000ff00; base += 0x100) {
		cpu.xen_base = base;
		assert_true(hypervisor_is_xen());
	}
	cpu.xen_base = 0x40010000;
	assert_false(hypervisor_is_xen());
	cpu.xen_base = 0x40000080;
	assert_false(hypervisor_is_xen());
}

static void xen_may_be_behind_hyper_v(void **state)
{
	(void)state;
	cpu.hyperv_base = 0x40000000;
	assert_false(hypervisor_is_xen());
	cpu.xen_base = 0x40000100;
	assert_true(hypervisor_is_xen());
}

static void others_are_not_xen(void **state)
{
	(void)state;
	assert_false(hypervisor_is_xen());
	cpu.xen_base = 0x40000000;
	cpu.name = KVM;
	assert_false(hypervisor_is_xen());
	cpu.name = "XenVMMXenVMm";
	assert_false(hypervisor_is_xen());
	cpu.name = "yenVMMXenVMM";
	assert_false(hypervisor_is_xen());
	cpu.name = "XenVMmXenVMM";
	assert_false(hypervisor_is_xen());
}

/* The name alone is not enough: the leaves with version and MSR must be. */
static void xen_has_two_more_leaves(void **state)
{
	(void)state;
	cpu.xen_base = 0x40000100;
	cpu.nr_leaves = 2;
	assert_true(hypervisor_is_xen());
	cpu.nr_leaves = 1;
	assert_false(hypervisor_is_xen());
}

static void the_cpu_s_own_word_comes_first(void **state)
{
	(void)state;
	cpu.xen_base = 0x40000000;
	cpu.is_there = false;
	assert_false(hypervisor_is_there());
	assert_false(hypervisor_is_xen());
	assert_int_equal(xen_memory_map(NULL, 0), 0);
}

/* In the order of name(): EBX, ECX, EDX. */
static void each_vendor_has_an_instruction_of_its_own(void **state)
{
	(void)state;
	cpu.vendor = "GenuntelineI";
	xen_yield();
	assert_int_equal(cpu.nr_vmcalls, 1);
	assert_int_equal(cpu.nr_vmmcalls, 0);
	cpu.vendor = "AuthcAMDenti";
	xen_yield();
	cpu.vendor = "HygouineonGe";
	xen_yield();
	assert_int_equal(cpu.nr_vmcalls, 1);
	assert_int_equal(cpu.nr_vmmcalls, 2);
}

/* In the order of name() again. */
static void tdx_has_a_leaf_of_its_own(void **state)
{
	(void)state;
	assert_false(hypervisor_is_tdx());
	cpu.nr_basic = 0x21;
	assert_true(hypervisor_is_tdx());
	cpu.tdx = "Inte    lTDx";
	assert_false(hypervisor_is_tdx());
	cpu.tdx = "inte    lTDX";
	assert_false(hypervisor_is_tdx());
	cpu.tdx = "Inte   .lTDX";
	assert_false(hypervisor_is_tdx());
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(xen_is_found_at_each_base),
		TEST(xen_may_be_behind_hyper_v),
		TEST(others_are_not_xen),
		TEST(xen_has_two_more_leaves),
		TEST(the_cpu_s_own_word_comes_first),
		TEST(each_vendor_has_an_instruction_of_its_own),
		TEST(tdx_has_a_leaf_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "plugins/abi_check.hpp"

#include <elf.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

namespace fairlead {

namespace {

#if defined(__x86_64__)
constexpr Elf64_Half our_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half our_machine = EM_AARCH64;
#elif defined(__riscv)
constexpr Elf64_Half our_machine = EM_RISCV;
#elif defined(__powerpc64__)
constexpr Elf64_Half our_machine = EM_PPC64;
#elif defined(__s390x__)
constexpr Elf64_Half our_machine = EM_S390;
#else
#error "say which ELF machine this is"
#endif

std::string machine_name(Elf64_Half machine) {
  constexpr std::array<std::pair<Elf64_Half, const char*>, 7> names{{{EM_X86_64, "x86-64"},
                                                                     {EM_AARCH64, "AArch64"},
                                                                     {EM_386, "32-bit x86"},
                                                                     {EM_ARM, "32-bit ARM"},
                                                                     {EM_RISCV, "RISC-V"},
                                                                     {EM_PPC64, "POWER"},
                                                                     {EM_S390, "S/390"}}};
  for (const auto& [known, name] : names) {
    if (known == machine) return name;
  }
  return "machine " + std::to_string(machine);
}

std::string other_major(unsigned major) {
  return "built for ABI " + std::to_string(major) + ", this fairlead speaks " +
         std::to_string(FAIRLEAD_ABI_MAJOR);
}

}  // namespace

std::string abi_problem(const fairlead_plugin& entry) {
  // Size and version come first in every version to come.
  if (entry.abi_major != FAIRLEAD_ABI_MAJOR) return other_major(entry.abi_major);
  if (entry.min_core_minor > FAIRLEAD_ABI_MINOR) {
    return "needs fairlead ABI " + std::to_string(entry.abi_major) + "." +
           std::to_string(entry.min_core_minor) + " or newer, this is " +
           std::to_string(FAIRLEAD_ABI_MAJOR) + "." + std::to_string(FAIRLEAD_ABI_MINOR);
  }
  if (entry.size < offsetof(fairlead_plugin, table) + sizeof entry.table) {
    return "its entry is shorter than ABI 1.0 asks for";
  }
  if (entry.id == nullptr || entry.version == nullptr || entry.create == nullptr ||
      entry.configure == nullptr || entry.destroy == nullptr || entry.table == nullptr) {
    return "its entry has empty members";
  }
  return {};
}

std::string abi_problem(const PluginManifest& manifest) {
  const auto major = static_cast<unsigned>(manifest.abi_major);
  return major == FAIRLEAD_ABI_MAJOR ? std::string() : other_major(major);
}

std::string manifest_problem(const fairlead_plugin& entry, const PluginManifest& manifest) {
  if (manifest.id == entry.id && manifest.version == entry.version) return {};
  return "its library says '" + std::string(entry.id) + "' " + entry.version +
         ", its manifest says '" + manifest.id + "' " + manifest.version;
}

std::string elf_problem(std::string_view head) {
  Elf64_Ehdr header{};
  const auto size = std::min(head.size(), sizeof header);
  std::memcpy(&header, head.data(), size);
  constexpr auto needed = offsetof(Elf64_Ehdr, e_version);
  if (size < needed || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
    return "not a shared library (no ELF header)";
  }
  if (header.e_machine != our_machine) {
    return "built for " + machine_name(header.e_machine) + ", this machine is " +
           machine_name(our_machine);
  }
  if (header.e_ident[EI_CLASS] != (sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32)) {
    return "built for another word size";
  }
  if (header.e_type != ET_DYN) return "not a shared library";
  return {};
}

}  // namespace fairlead

#pragma once

#include <fairlead/abi.h>
#include <fairlead/plugins.hpp>

#include <string>
#include <string_view>

namespace fairlead {

/// Why a plugin with this entry cannot be used by this fairlead; "" when it can. Reads no further
/// than the entry's own `size` says.
std::string abi_problem(const fairlead_plugin& entry);

/// The same from what a manifest claims, before any code of the plugin is loaded.
std::string abi_problem(const PluginManifest& manifest);

/// How the library's entry differs from its manifest; "" when it does not.
std::string manifest_problem(const fairlead_plugin& entry, const PluginManifest& manifest);

/// Why a file that begins with `head` (64 bytes are enough) cannot be loaded into this process: not
/// ELF, not a shared library, another word size or machine; "" when it can.
std::string elf_problem(std::string_view head);

}  // namespace fairlead

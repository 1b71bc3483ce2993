#pragma once

#include <fairlead/config.hpp>

#include <string>

namespace fairlead {

/// Which machine a folder is of, on containers of an engine that several machines use.
inline constexpr const char* machine_label = "dev.fairlead.machine";

/// The default identity of a folder, told apart from those of folders that other machines have at
/// the same path: the machine is one more id label, and part of the id and of the image's name. An
/// identity of labels that the user chose stays as it is, as any does without a machine.
Identity of_machine(Identity identity, const ConfigDocument& document, const std::string& machine);

}  // namespace fairlead

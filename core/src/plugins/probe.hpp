#pragma once

#include <string>

namespace fairlead {

/// Where and how libraries are tried out.
struct ProbeOptions {
  std::string program;       ///< fairlead-plugin-probe; empty: found by `find_probe_program`
  std::string state_folder;  ///< verdicts are kept here per file; empty: not kept
};

/// Loads `library` in a child process and says what is wrong with it; "" when nothing is. A library
/// that crashes its process, or does not load within 10 s, does so there and not here. That it is
/// good, or crashed, is kept as long as path, inode, size and time of change stay the same; what
/// may change without the file (a library that it needs) is tried again. Never throws for a bad
/// library; throws Error(failed, "plugin.probe") when the probe itself cannot run.
std::string probe_library(const std::string& library, const ProbeOptions& options);

/// The probe program of this installation: beside the program's own prefix or the library's; ""
/// when there is none.
std::string find_probe_program(const std::string& library);

/// The same of any program of ours in libexec/fairlead.
std::string find_own_program(const std::string& name, const std::string& library);

}  // namespace fairlead

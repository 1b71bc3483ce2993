#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

/// The shim is to the test backend what containerd's is to Docker: the process that outlives its
/// client, holds an instance's first process and remembers how it ended. It talks to the plugin by
/// one pipe of lines: "pid N", then "exit N", or "error CODE TEXT".
namespace fairlead::testbed {

struct Binding {
  std::string source;
  std::string target;  ///< inside the instance
  bool read_only = false;
};

/// What one run of the shim is told on its command line.
struct ShimSpec {
  bool join = false;  ///< enter a running instance instead of making one
  bool terminal = false;
  pid_t pid = 0;       ///< join: the instance's first process, seen from outside
  std::string root;    ///< otherwise: the folder that becomes its root
  std::string record;  ///< folder where `main` and `exit` are written
  std::string user;
  std::string directory;
  int status_fd = -1;
  int hold_fd = -1;  ///< a lock to keep until the instance stands
  std::vector<Binding> bindings;
  std::vector<std::string> tmpfs;
  std::vector<char*> argv;  ///< null-terminated; points into the process's own arguments
};

/// Reads the command line. Throws std::runtime_error for words it does not know.
ShimSpec parse_spec(int argc, char** argv);

}  // namespace fairlead::testbed

#include <fairlead/error.hpp>
#include <fairlead/sdk/pipe.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

namespace fairlead::sdk {

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw Error(Status::failed, "host.pipe", std::string("No pipe: ") + std::strerror(errno) + ".");
  }
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

}  // namespace fairlead::sdk

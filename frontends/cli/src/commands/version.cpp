#include "../version.hpp"

#include "commands.hpp"

namespace fairlead::cli {

int run_version(Session& session) {
  const std::string text = session.mode == Mode::drop_in ? std::string(reference_version)
                                                         : "fairlead " + std::string(own_version);
  session.write_out(text + '\n');
  return 0;
}

}  // namespace fairlead::cli

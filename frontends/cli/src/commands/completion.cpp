#include "../completion_script.hpp"
#include "commands.hpp"

namespace fairlead::cli {

int run_completion(const Arguments& arguments, Session& session) {
  session.write_out(completion_script(arguments.positional(0)));
  return 0;
}

}  // namespace fairlead::cli

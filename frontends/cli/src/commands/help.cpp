#include "../help_page.hpp"
#include "../suggestion.hpp"
#include "commands.hpp"

#include <fairlead/error.hpp>

#include <vector>

namespace fairlead::cli {
namespace {

[[noreturn]] void throw_unknown(const std::string& word, CommandId parent) {
  std::vector<std::string> names;
  for (const Command& command : all_commands()) {
    if (command.parent == parent && is_offered(command, Mode::fairlead)) {
      names.emplace_back(command.name);
    }
  }
  const std::string near = nearest(word, names);
  throw Error(Status::invalid, "usage.command", "there is no command '" + word + "'",
              near.empty() ? "'fairlead help' lists the commands" : "did you mean '" + near + "'?");
}

}  // namespace

int show_help(CommandId command, Session& session) {
  session.write_out(session.mode == Mode::drop_in ? drop_in_page(command, install_prefix(session))
                                                  : help_page(command, session.out.columns));
  return 0;
}

int run_help(const Arguments& arguments, Session& session) {
  CommandId id = CommandId::top;
  for (const std::string& word : arguments.positionals()) {
    const Command* command = find_command(word, id, Mode::fairlead);
    if (command == nullptr || !is_offered(*command, Mode::fairlead)) throw_unknown(word, id);
    id = command->id;
  }
  return show_help(id, session);
}

}  // namespace fairlead::cli

#include "commands/commands.hpp"
#include "commands/finding_text.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"
#include "json_text.hpp"
#include "table.hpp"

#include <fairlead/hosts.hpp>

namespace fairlead::cli {
namespace {

const char* json_flag(bool value) { return value ? "true" : "false"; }

std::string host_json(const KnownHost& host) {
  return R"({"address":)" + json_string(host.address) + R"(,"origin":)" + json_string(host.origin) +
         R"(,"usual":)" + json_flag(host.usual) + '}';
}

void answer(const Arguments& arguments, Session& session, const HostChange& change,
            const std::string& done, const std::string& not_done) {
  if (wants_json(arguments, session)) {
    session.write_out(R"({"address":)" + json_string(change.address) + R"(,"file":)" +
                      json_string(change.file) + R"(,"changed":)" + json_flag(change.changed) +
                      "}\n");
    return;
  }
  session.write_out(change.address + (change.changed ? done : not_done) + change.file + ".\n");
}

std::vector<std::string> hosts_to_check(Core& core, const Arguments& arguments) {
  if (!arguments.positional(0).empty()) return {arguments.positional(0)};
  if (core.options().host) return {*core.options().host};
  std::vector<std::string> addresses;
  for (const auto& host : list_hosts(core)) addresses.push_back(host.address);
  if (!addresses.empty()) return addresses;
  throw Error(Status::not_found, "host.not_added", "You have not added any host yet.",
              "Name one: `fairlead host check ssh://user@box`.");
}

}  // namespace

int run_host_add(const Arguments& arguments, Session& session) {
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto change = add_host(core, arguments.positional(0));
  answer(arguments, session, change, " was added to ", " is already in ");
  return 0;
}

int run_host_remove(const Arguments& arguments, Session& session) {
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  answer(arguments, session, remove_host(core, arguments.positional(0)), " was removed from ", "");
  return 0;
}

int run_host_list(const Arguments& arguments, Session& session) {
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto hosts = list_hosts(core);
  if (wants_json(arguments, session)) {
    std::string list;
    for (const auto& host : hosts) list += (list.empty() ? "" : ",") + host_json(host);
    session.write_out('[' + list + "]\n");
    return 0;
  }
  if (hosts.empty()) {
    session.write_out("No hosts: `fairlead host add ssh://user@box` adds one.\n");
    return 0;
  }
  Table table({"HOST", "USUAL", "FROM"});
  for (const auto& host : hosts) table.add({host.address, host.usual ? "yes" : "", host.origin});
  session.write_out(table.text(session.out.colour));
  return 0;
}

int run_host_check(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  FindingsPage page(session, wants_json(arguments, session));
  for (const auto& address : hosts_to_check(core, arguments)) {
    check_host(
        core, address, [&](const Finding& finding) { page.add(finding); }, signals.token());
  }
  return page.finish();
}

}  // namespace fairlead::cli

#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"
#include "json_text.hpp"

#include <fairlead/sync.hpp>

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <string>

namespace fairlead::cli {
namespace {

SyncDirection direction_of(const std::string& action) {
  if (action == "pull") return SyncDirection::pull;
  return action == "push" ? SyncDirection::push : SyncDirection::both;
}

std::string ago(std::int64_t when) {
  if (when == 0) return "never";
  const auto seconds = std::max<std::int64_t>(0, std::time(nullptr) - when);
  if (seconds < 120) return std::to_string(seconds) + " s ago";
  if (seconds < 7200) return std::to_string(seconds / 60) + " min ago";
  return std::to_string(seconds / 3600) + " h ago";
}

std::string status_text(const SyncStatus& status) {
  std::string text = "  folder     " + status.folder + '\n';
  text += "  copy       " + status.host + status.host_folder + '\n';
  if (!status.program.empty()) {
    text += "  by         " + status.program +
            (status.note.empty() ? std::string(", both ways") : ", " + status.note) + '\n';
  }
  text += std::string("  changes    ") +
          (status.continuous ? "are followed" : "are not followed; `fairlead up` begins it") + '\n';
  text += "  last       " + ago(status.last) + '\n';
  if (!status.fault.empty()) text += "  failed     " + status.fault + '\n';
  for (const auto& path : status.conflicts) text += "  conflict   " + path + '\n';
  return text;
}

std::string status_json(const SyncStatus& status) {
  std::string json = R"({"folder":)" + json_string(status.folder);
  json += R"(,"host":)" + json_string(status.host);
  json += R"(,"hostFolder":)" + json_string(status.host_folder);
  json += R"(,"program":)" + json_string(status.program);
  json += R"(,"note":)" + json_string(status.note);
  json += std::string(R"(,"continuous":)") + (status.continuous ? "true" : "false");
  json += R"(,"last":)" + std::to_string(status.last);
  json += R"(,"fault":)" + json_string(status.fault);
  json += R"(,"faultCode":)" + json_string(status.fault_code);
  return json + R"(,"conflicts":)" + json_array(status.conflicts) + "}\n";
}

}  // namespace

int run_sync(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto action = arguments.positional(0);
  const auto selection = selection_of(arguments);
  const auto status = action.empty() || action == "status"
                          ? sync_status(core, selection, signals.token())
                          : sync_now(core, selection, direction_of(action), signals.token());
  session.write_out(wants_json(arguments, session) ? status_json(status) : status_text(status));
  return status.conflicts.empty() && status.fault.empty() ? 0 : 1;
}

}  // namespace fairlead::cli

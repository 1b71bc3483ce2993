#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"
#include "commands/trust_prompt.hpp"
#include "json_text.hpp"
#include "table.hpp"

#include <fairlead/manage.hpp>

#include <unistd.h>

namespace fairlead::cli {
namespace {

std::string kind_word(Leftover::Kind kind) {
  switch (kind) {
    case Leftover::Kind::image:
      return "image";
    case Leftover::Kind::volume:
      return "volume";
    case Leftover::Kind::state:
      break;
  }
  return "state";
}

std::string size_text(std::int64_t bytes) {
  if (bytes < 0) return {};
  if (bytes < 1'000'000) return std::to_string((bytes + 999) / 1000) + " kB";
  return std::to_string((bytes + 999'999) / 1'000'000) + " MB";
}

std::string items_json(const std::vector<Leftover>& items) {
  std::string json;
  for (const auto& item : items) {
    json += (json.empty() ? "" : ",") + std::string(R"({"kind":)") +
            json_string(kind_word(item.kind)) + R"(,"backend":)" + json_string(item.backend) +
            R"(,"id":)" + json_string(item.id) + R"(,"name":)" + json_string(item.name);
    if (item.size_bytes >= 0) json += R"(,"sizeBytes":)" + std::to_string(item.size_bytes);
    json += '}';
  }
  return '[' + json + ']';
}

std::string items_text(const std::vector<Leftover>& items) {
  Table table({"KIND", "SIZE", "WHAT", "WHERE"});
  for (const auto& item : items) {
    const bool stored = !item.backend.empty();
    table.add({kind_word(item.kind), size_text(item.size_bytes), item.name,
               stored ? item.backend : item.id});
  }
  return table.text();
}

bool agreed(const Arguments& arguments, const Session& session, const std::vector<Leftover>& items,
            const std::stop_token& stop) {
  if (arguments.flag("yes")) return true;
  // On a terminal it stands above.
  const auto what = questions_of(arguments) ? items_text(items) : std::string();
  return agrees(arguments, session, what + "Remove this?",
                "Nothing was removed: say --yes to remove this without being asked.", stop);
}

}  // namespace

int run_prune(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto found = find_leftovers(core, signals.token());
  for (const auto& [name, reason] : found.silent) {
    session.write_err("The backend '" + name + "' does not answer: " + reason + '\n');
  }
  const bool json = wants_json(arguments, session);
  if (!json)
    session.write_out(found.items.empty() ? "Nothing is left over.\n" : items_text(found.items));
  std::vector<Leftover> removed;
  const bool only_shown = found.items.empty() || arguments.flag("dry-run");
  const bool remove = !only_shown && agreed(arguments, session, found.items, signals.token());
  if (remove) removed = remove_leftovers(core, found.items, signals.token());
  if (json) {
    session.write_out(R"({"leftovers":)" + items_json(found.items) + R"(,"removed":)" +
                      items_json(removed) + "}\n");
  } else if (remove) {
    session.write_out(std::to_string(removed.size()) + " removed.\n");
  }
  return only_shown || remove ? 0 : 1;
}

}  // namespace fairlead::cli

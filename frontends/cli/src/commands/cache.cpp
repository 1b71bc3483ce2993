#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"
#include "json_text.hpp"
#include "table.hpp"

#include <fairlead/cache.hpp>

#include <array>
#include <ctime>

namespace fairlead::cli {
namespace {

std::string size_text(std::uint64_t bytes) {
  static constexpr std::array units = {" B", " KiB", " MiB", " GiB"};
  std::size_t unit = 0;
  auto tenths = bytes * 10;
  for (; tenths >= 10'240 && unit + 1 < units.size(); ++unit) tenths /= 1024;
  const auto fraction = unit == 0 || tenths >= 1000 ? "" : '.' + std::to_string(tenths % 10);
  return std::to_string(tenths / 10) + fraction + units.at(unit);
}

std::string day_text(std::int64_t milliseconds) {
  const std::time_t seconds = milliseconds / 1000;
  std::tm day{};
  std::array<char, 16> text{};
  ::localtime_r(&seconds, &day);
  std::strftime(text.data(), text.size(), "%Y-%m-%d", &day);
  return text.data();
}

std::string names_json(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ",") + json_string(name);
  return '[' + list + ']';
}

std::string report_json(const CacheReport& report) {
  std::string entries;
  for (const auto& entry : report.entries) {
    entries += (entries.empty() ? "" : ",") + std::string(R"({"digest":)") +
               json_string(entry.digest) + R"(,"size":)" + std::to_string(entry.size) +
               R"(,"usedMs":)" + std::to_string(entry.used_ms) + R"(,"names":)" +
               names_json(entry.names) + '}';
  }
  return R"({"folder":)" + json_string(report.folder) + R"(,"size":)" +
         std::to_string(report.size) + R"(,"entries":[)" + entries + "]}\n";
}

std::string report_text(const CacheReport& report, bool bold) {
  Table table({"SIZE", "USED", "DIGEST", "NAMES"});
  for (const auto& entry : report.entries) {
    std::string names;
    for (const auto& name : entry.names) names += (names.empty() ? "" : ", ") + name;
    table.add({size_text(entry.size), day_text(entry.used_ms), entry.digest.substr(7, 12), names});
  }
  const auto total = size_text(report.size) + " in " + report.folder + '\n';
  return table.empty() ? "The cache is empty: " + report.folder + '\n' : table.text(bold) + total;
}

void write_names(const char* verb, const std::vector<std::string>& names,
                 const Arguments& arguments, Session& session) {
  if (wants_json(arguments, session)) {
    session.write_out(R"({"names":)" + names_json(names) + "}\n");
    return;
  }
  std::string text = std::string(verb) + ' ' + std::to_string(names.size()) + " names:\n";
  for (const auto& name : names) text += "  " + name + '\n';
  session.write_out(names.empty() ? std::string(verb) + " nothing.\n" : text);
}

}  // namespace

int run_cache_show(const Arguments& arguments, Session& session) {
  const auto log = make_log(arguments, session);
  const Core core(core_options(arguments), *log);
  const auto report = show_cache(core);
  session.write_out(wants_json(arguments, session) ? report_json(report)
                                                   : report_text(report, session.out.colour));
  return 0;
}

int run_cache_prune(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  const Core core(core_options(arguments), *log);
  const auto freed = prune_cache(core, arguments.number("days").value_or(30), signals.token());
  session.write_out(wants_json(arguments, session) ? R"({"freed":)" + std::to_string(freed) + "}\n"
                                                   : size_text(freed) + " freed.\n");
  return 0;
}

int run_cache_export(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  const Core core(core_options(arguments), *log);
  auto names = arguments.positionals();
  const auto file = arguments.positional(0);
  names.erase(names.begin());
  write_names("Exported", export_cache(core, file, names, signals.token()), arguments, session);
  return 0;
}

int run_cache_import(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  const Core core(core_options(arguments), *log);
  const auto names = import_cache(core, arguments.positional(0), signals.token());
  write_names("Imported", names, arguments, session);
  return 0;
}

}  // namespace fairlead::cli

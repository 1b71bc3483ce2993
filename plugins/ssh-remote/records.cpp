#include "ssh-remote/records.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace fairlead::ssh {
namespace {

using Json = nlohmann::json;

constexpr std::string_view running = "running ";

std::string take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  std::string line(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

std::optional<Record> parse(const std::string& line) {
  const auto json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  try {
    return Record{.id = json.at("id"),
                  .name = json.at("name"),
                  .image = json.at("image"),
                  .created = json.at("created"),
                  .started = {},
                  .labels = json.at("labels"),
                  .env = json.at("env"),
                  .user = json.at("user")};
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

std::string record_line(const Record& record) {
  const Json json = {{"id", record.id},         {"name", record.name},
                     {"image", record.image},   {"created", record.created},
                     {"labels", record.labels}, {"env", record.env},
                     {"user", record.user}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::vector<Record> read_records(std::string_view listing) {
  std::vector<Record> records;
  while (!listing.empty()) {
    const auto state = take_line(listing);
    auto record = parse(take_line(listing));
    if (!record) continue;
    if (state.starts_with(running)) record->started = state.substr(running.size());
    records.push_back(std::move(*record));
  }
  return records;
}

InstanceInfo info_of(const Record& record, const std::string& account) {
  const bool runs = !record.started.empty();
  InstanceInfo info{.id = record.id,
                    .name = record.name,
                    .image = record.image,
                    .state = runs ? InstanceState::running : InstanceState::stopped,
                    .status = runs ? "running" : "stopped",
                    .created = record.created,
                    .started = record.started,
                    .labels = record.labels,
                    .user = record.user.empty() ? account : record.user,
                    .detailed = true};
  for (const auto& [name, value] : record.env) info.env.push_back(name + '=' + value);
  return info;
}

std::string folder_of(const std::string& id) { return id.substr(0, id.rfind('.')); }

bool is_called(const Record& record, const std::string& word) {
  return record.id == word || record.name == word;
}

const Record* only_one_beginning_with(const std::vector<Record>& records, const std::string& word) {
  const Record* only = nullptr;
  for (const auto& record : records) {
    if (word.empty() || !record.id.starts_with(word)) continue;
    if (only != nullptr) return nullptr;
    only = &record;
  }
  return only;
}

}  // namespace fairlead::ssh

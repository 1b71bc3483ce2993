#include "store.hpp"

#include <fairlead/error.hpp>
#include <fairlead/model_json.hpp>
#include <fairlead/sdk/records.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>

namespace bubblewrap {

using namespace fairlead;
namespace fs = std::filesystem;

namespace {

std::string fresh_id() {
  std::random_device source;
  std::string id;
  for (int i = 0; i < 32; ++i) id += "0123456789abcdef"[source() % 16];
  return id;
}

/// One file name for any name.
std::string flat(const std::string& name) {
  std::string text;
  for (const unsigned char each : name) {
    constexpr std::string_view digits = "0123456789abcdef";
    if (std::isalnum(each) != 0 || each == '-' || each == '.') {
      text += static_cast<char>(each);
    } else {
      text += '_';
      text += digits[each >> 4U];
      text += digits[each & 15U];
    }
  }
  return text.starts_with('.') ? "_" + text : text;
}

}  // namespace

std::string content_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_file(const fs::path& file, const std::string& text) {
  const auto fresh = file.string() + ".new";
  std::ofstream(fresh, std::ios::binary) << text;
  fs::rename(fresh, file);
}

std::string start_time(int process) {
  const auto text = content_of("/proc/" + std::to_string(process) + "/stat");
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream words(text.substr(name_end + 2));
  std::string word;
  std::string state;
  for (int field = 3; field <= 22 && words >> word; ++field) {
    if (field == 3) state = word;
  }
  return state == "Z" || state == "X" ? std::string() : word;
}

Store::Store(fs::path folder) : folder_(std::move(folder)) {
  for (const char* part : {"images", "sandboxes", "volumes"}) {
    fs::create_directories(folder_ / part);
  }
  ::chmod(folder_.c_str(), 0700);
}

fs::path Store::image_folder(const std::string& name) const {
  return folder_ / "images" / flat(name);
}

std::optional<Image> Store::image(const std::string& name) const {
  const auto folder = image_folder(name);
  if (!fs::exists(folder / "image.json")) return std::nullopt;
  return Image{folder / "root", decode<ImageInfo>(content_of(folder / "image.json"))};
}

Record Store::add(const CreateRequest& request, const std::string& image_id) const {
  Record record;
  record.request = request;
  record.info.id = fresh_id();
  record.info.name = request.name.empty() ? record.info.id.substr(0, 12) : request.name;
  for (const auto& other : list()) {
    if (other.info.name == record.info.name) {
      throw Error(Status::conflict, "instance.name_taken",
                  "There is a sandbox called " + other.info.name + " already.");
    }
  }
  record.folder = folder_ / "sandboxes" / record.info.id;
  record.info.image = request.image;
  record.info.image_id = image_id;
  record.info.created = sdk::rfc3339_now();
  record.info.labels = request.labels;
  fs::create_directories(record.folder);
  write_file(record.folder / "request.json", encode(request));
  write_file(record.folder / "info.json", encode(record.info));
  return record;
}

Record Store::read(const fs::path& folder) const {
  Record record;
  record.folder = folder;
  record.info = decode<InstanceInfo>(content_of(folder / "info.json"));
  record.request = decode<CreateRequest>(content_of(folder / "request.json"));
  std::istringstream main(content_of(folder / "main"));
  int process = 0;
  std::string since;
  main >> process >> since;
  if (process > 0 && !since.empty() && start_time(process) == since) record.main_process = process;
  const bool began = fs::exists(folder / "main");
  record.info.state = record.main_process > 0 ? InstanceState::running
                      : began                 ? InstanceState::stopped
                                              : InstanceState::created;
  record.info.status = record.main_process > 0 ? "running" : began ? "stopped" : "created";
  return record;
}

std::vector<Record> Store::list() const {
  std::vector<Record> records;
  for (const auto& entry : fs::directory_iterator(folder_ / "sandboxes")) {
    // One with a dot is being deleted; others may be at any time.
    if (entry.path().filename().string().starts_with('.')) continue;
    try {
      if (fs::exists(entry.path() / "info.json")) records.push_back(read(entry.path()));
    } catch (const std::exception&) {
      if (fs::exists(entry.path() / "info.json")) throw;
    }
  }
  std::ranges::sort(records, [](const Record& one, const Record& other) {
    return one.info.created > other.info.created;
  });
  return records;
}

Record Store::find(const std::string& id) const {
  std::vector<Record> found;
  for (auto& record : list()) {
    if (record.info.id == id || record.info.name == id) return record;
    if (!id.empty() && record.info.id.starts_with(id)) found.push_back(std::move(record));
  }
  if (found.size() == 1) return found.front();
  throw Error(Status::not_found, "instance.not_found", "There is no sandbox '" + id + "'.");
}

void Store::remove(const Record& record, bool volumes) const {
  // Anonymous volumes stand in the sandbox's folder; without `volumes` they are kept.
  if (!volumes && fs::exists(record.folder / "volumes")) {
    fs::rename(record.folder / "volumes", folder_ / "volumes" / (record.info.id + ".kept"));
  }
  const auto grave = folder_ / "sandboxes" / ("." + record.info.id);
  fs::rename(record.folder, grave);  // gone at once, whatever deleting takes
  fs::remove_all(grave);
}

fs::path Store::volume(const std::string& name) const { return folder_ / "volumes" / flat(name); }

}  // namespace bubblewrap

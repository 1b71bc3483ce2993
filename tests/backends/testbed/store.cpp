#include "store.hpp"

#include <fairlead/error.hpp>
#include <fairlead/model_json.hpp>
#include <fairlead/sdk/records.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>
#include <system_error>

namespace fairlead::testbed {
namespace {

namespace fs = std::filesystem;

std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_text(const fs::path& path, const std::string& text) {
  const fs::path fresh = path.string() + ".new";
  std::ofstream(fresh, std::ios::binary) << text;
  fs::rename(fresh, path);
}

/// Field 22 of /proc/PID/stat; empty for a process that is gone or a zombie.
std::string start_time(pid_t pid) {
  const std::string line = read_text("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(line.substr(name_end + 2));
  std::string field;
  for (int at = 3; at <= 22 && fields >> field; ++at) {
    if (at == 3 && (field == "Z" || field == "X")) return {};
  }
  return field;
}

std::optional<Running> running_process(const fs::path& folder) {
  std::istringstream text(read_text(folder / "main"));
  Running running;
  std::string started;
  if (!(text >> running.main >> started >> running.shim)) return std::nullopt;
  if (start_time(running.main) != started) return std::nullopt;
  return running;
}

void read_state(Record& record) {
  record.running = running_process(record.folder);
  if (record.running) {
    record.info.state = InstanceState::running;
  } else if (!fs::exists(record.folder / "main")) {
    record.info.state = InstanceState::created;
  } else {
    record.info.state = InstanceState::stopped;
    const std::string code = read_text(record.folder / "exit");
    record.info.exit_code = code.empty() ? 137 : std::atoi(code.c_str());
  }
  record.info.status = record.info.state == InstanceState::running   ? "Running"
                       : record.info.state == InstanceState::created ? "Pending"
                                                                     : "Completed";
}

std::optional<Record> read_record(const fs::path& folder) {
  const std::string info = read_text(folder / "info.json");
  const std::string request = read_text(folder / "request.json");
  if (info.empty() || request.empty()) return std::nullopt;
  Record record{folder, decode<CreateRequest>(request), decode<InstanceInfo>(info), std::nullopt};
  read_state(record);
  return record;
}

/// "pod-12" is newer than "pod-9".
int number_of(const Record& record) {
  const std::string& id = record.info.id;
  return std::atoi(id.substr(id.rfind('-') + 1).c_str());
}

}  // namespace

Store::Store(fs::path folder) : folder_(std::move(folder)) {
  fs::create_directories(folder_ / "instances");
  fs::create_directories(folder_ / "volumes");
}

UniqueFd Store::lock() const {
  UniqueFd fd(::open((folder_ / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  while (::flock(fd.get(), LOCK_EX) != 0) {
    if (errno != EINTR) {
      throw Error(Status::internal, "testbed.lock", "cannot lock " + folder_.string());
    }
  }
  return fd;
}

int Store::next_number() const {
  const int number = std::atoi(read_text(folder_ / "next").c_str()) + 1;
  write_text(folder_ / "next", std::to_string(number));
  return number;
}

std::vector<Record> Store::list() const {
  std::vector<Record> records;
  for (const auto& entry : fs::directory_iterator(folder_ / "instances")) {
    if (entry.path().filename().string().starts_with(".")) continue;
    if (auto record = read_record(entry.path())) records.push_back(std::move(*record));
  }
  std::sort(records.begin(), records.end(),
            [](const Record& a, const Record& b) { return number_of(a) > number_of(b); });
  return records;
}

Record Store::find(const std::string& id) const {
  std::vector<Record> prefixed;
  for (Record& record : list()) {
    if (record.info.id == id || record.info.name == id) return std::move(record);
    if (!id.empty() && record.info.id.starts_with(id)) prefixed.push_back(std::move(record));
  }
  if (prefixed.size() == 1) return std::move(prefixed.front());
  throw Error(Status::not_found, "instance.not_found", "there is no instance " + id);
}

Record Store::add(const CreateRequest& request, const std::string& id) const {
  Record record;
  record.request = request;
  record.info.id = id;
  record.info.name = request.name.empty() ? "set-" + id.substr(id.rfind('-') + 1) : request.name;
  record.info.image = request.image;
  record.info.created = sdk::rfc3339_now();
  record.info.labels = request.labels;
  record.folder = folder_ / "instances" / record.info.name;
  if (fs::exists(record.folder)) {
    throw Error(Status::conflict, "instance.name_taken",
                "there is already an instance named " + record.info.name);
  }
  const fs::path fresh = folder_ / "instances" / ("." + id);
  fs::remove_all(fresh);
  fs::create_directory(fresh);
  write_text(fresh / "request.json", encode(request));
  write_text(fresh / "info.json", encode(record.info));
  fs::rename(fresh, record.folder);
  read_state(record);
  return record;
}

void Store::save(const Record& record) const {
  write_text(record.folder / "info.json", encode(record.info));
}

void Store::remove(const Record& record, bool volumes) const {
  const fs::path doomed = folder_ / "instances" / ("." + record.info.name + "-removed");
  fs::remove_all(doomed);
  fs::rename(record.folder, doomed);
  for (std::size_t i = 0; volumes && i < record.request.mounts.size(); ++i) {
    if (record.request.mounts[i].source.empty()) {
      fs::remove_all(folder_ / "volumes" / anonymous_volume(record, i));
    }
  }
  fs::remove_all(doomed);
}

fs::path Store::volume(const std::string& name) const {
  fs::path path = folder_ / "volumes" / name;
  fs::create_directories(path);
  return path;
}

bool Store::first_time(const std::string& operation) const {
  const fs::path mark = folder_ / ("failed-" + operation);
  return UniqueFd(::open(mark.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600)).get() >= 0;
}

std::string anonymous_volume(const Record& record, std::size_t index) {
  return record.info.name + "-anonymous-" + std::to_string(index);
}

}  // namespace fairlead::testbed

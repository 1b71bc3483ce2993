#include "engine/early_list.hpp"

#include "base/atomic_file.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "engine/deadlines.hpp"
#include "engine/find.hpp"

#include <algorithm>
#include <string_view>

namespace fairlead {
namespace {

std::filesystem::path notes_folder(const Core& core) {
  return std::filesystem::path(core.runtime_folder()) / "last";
}

std::string choice(const std::string& backend, const Settings& settings) {
  return settings.text("host") + '\n' + settings.text("backend") + '\n' +
         settings.plugin_json(backend);
}

/// Where the environment that a folder had the last time is noted: its id on the first line, then
/// the host, the backend and the folder.
std::filesystem::path note_of(const Core& core, const std::string& wanted,
                              const std::string& folder) {
  return notes_folder(core) / (sha256_hex(wanted + '\n' + folder).substr(0, 32) + ".last");
}

std::vector<std::string_view> lines_of(const std::optional<std::string>& text) {
  return split(text ? std::string_view(*text) : std::string_view(), '\n');
}

/// All about the environment of the last time, in the moment in which the list is asked for.
std::optional<InstanceInfo> inspect_last(Backend& backend, const std::filesystem::path& note,
                                         const std::stop_token& stop) {
  try {
    const auto text = read_file_if_there(note);
    const auto id = std::string(lines_of(text).front());
    if (id.empty()) return std::nullopt;
    return backend.inspect({.id = id}, question(stop));
  } catch (const Error&) {  // it is gone: the list says what there is
    return std::nullopt;
  }
}

void remember(const std::filesystem::path& note, const std::string& text) {
  try {
    if (read_file_if_there(note) != text) write_cache_file(note, text, 0600);
  } catch (const Error&) {  // one question more the next time
  }
}

EarlyList::Answer list_all(const std::shared_ptr<Backend>& backend, const std::string& folder,
                           const std::string& host, const std::filesystem::path& note,
                           const std::stop_token& stop) {
  auto last = std::async(std::launch::async,
                         [&backend, &note, &stop] { return inspect_last(*backend, note, stop); });
  auto listed =
      backend->list({.labels = {std::string(folder_label) + '=' + folder}}, question(stop));
  const auto known = last.get();
  for (auto& instance : listed.instances) {
    // As they were in one moment.
    if (known && known->id == instance.id && known->state == instance.state) instance = *known;
  }
  if (!listed.instances.empty())
    remember(note, listed.instances.front().id + '\n' + host + '\n' + backend->name() + '\n' +
                       folder + '\n');
  return {backend, folder, std::move(listed.instances)};
}

std::optional<EarlyList::Answer> ask(Core& core, const std::string& name, const Settings& settings,
                                     const std::string& folder, const std::stop_token& stop) {
  try {
    return list_all(backend_on(core, name, settings.text("backend"), settings), folder,
                    settings.text("host"), note_of(core, choice(name, settings), folder), stop);
  } catch (const Error&) {  // whoever needs the answer asks again, and hears why there is none
    return std::nullopt;
  }
}

/// Nothing when it is somebody else's.
std::optional<std::string> read_note(const std::filesystem::path& file) {
  try {
    return read_file_if_there(file);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

std::vector<std::filesystem::path> notes_of_nothing(const Core& core, const std::string& host,
                                                    const std::set<std::string>& backends,
                                                    const std::set<std::string>& instances) {
  std::vector<std::filesystem::path> found;
  std::error_code error;
  for (std::filesystem::directory_iterator it(notes_folder(core), error), end; !error && it != end;
       it.increment(error)) {
    const auto text = read_note(it->path());
    if (!text) continue;
    const auto lines = lines_of(text);
    const bool is_whole = lines.size() > 3;
    const bool is_known = is_whole && lines[1] == host && backends.contains(std::string(lines[2]));
    if (!is_whole || (is_known && !instances.contains(std::string(lines[0]))))
      found.push_back(it->path());
  }
  std::ranges::sort(found);
  return found;
}

EarlyList::EarlyList(Core& core, const Settings& settings, std::string folder, std::stop_token stop)
    : folder_(std::move(folder)), on_stop_(std::move(stop), [this] { stop_.request_stop(); }) {
  try {
    name_ = backend_candidates(core, settings, Scenario::image).front();
  } catch (const Error&) {  // there is none; that is said when it is needed
    return;
  }
  wanted_ = choice(name_, settings);
  asked_ = std::chrono::steady_clock::now();
  answer_ = std::async(std::launch::async, [&core, this, settings] {
    return ask(core, name_, settings, folder_, stop_.get_token());
  });
}

EarlyList::~EarlyList() {
  stop_.request_stop();
  if (answer_.valid()) answer_.wait();
}

std::optional<EarlyList::Answer> EarlyList::take(const std::string& backend,
                                                 const Settings& settings) {
  constexpr std::chrono::seconds good_for{3};
  if (!answer_.valid() || backend != name_ || choice(backend, settings) != wanted_) return {};
  if (std::chrono::steady_clock::now() - asked_ > good_for) return {};
  return answer_.get();
}

}  // namespace fairlead

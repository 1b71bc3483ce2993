#pragma once

#include <fairlead/core.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace fairlead {

/// Every environment of a folder carries it.
inline constexpr const char* folder_label = "devcontainer.local_folder";

/// What was noted of environments of these backends of `host` that are not among these instances,
/// and notes that say nothing.
std::vector<std::filesystem::path> notes_of_nothing(const Core& core, const std::string& host,
                                                    const std::set<std::string>& backends,
                                                    const std::set<std::string>& instances);

/// A question that is likely to be asked soon, put to a backend elsewhere while the configuration
/// still travels: which environments a folder has. A link's delay is then waited for once.
class EarlyList {
 public:
  struct Answer {
    std::shared_ptr<Backend> backend;
    std::string folder;
    /// Those whose label names the folder; the one of the last time is detailed.
    std::vector<InstanceInfo> instances;
  };

  /// Asks the first backend that `settings` lead to, on a thread of its own. `stop` ends waiting
  /// for the answer, whenever that is.
  EarlyList(Core& core, const Settings& settings, std::string folder, std::stop_token stop);
  /// Nobody waits for an answer that nobody took.
  ~EarlyList();
  EarlyList(const EarlyList&) = delete;
  EarlyList& operator=(const EarlyList&) = delete;

  /// The answer of that backend, once; absent: it was another one that was asked or another
  /// configuration of it, it did not answer, or that was some time ago. `settings` are those that
  /// are meant by now.
  std::optional<Answer> take(const std::string& backend, const Settings& settings);

 private:
  std::string folder_;
  std::string name_;    ///< of the backend that was asked; empty: none
  std::string wanted_;  ///< what its answer depends on
  std::chrono::steady_clock::time_point asked_;
  std::stop_source stop_;
  std::future<std::optional<Answer>> answer_;
  std::stop_callback<std::function<void()>> on_stop_;  ///< last: it uses the rest
};

}  // namespace fairlead

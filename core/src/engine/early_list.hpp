#pragma once

#include <fairlead/core.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace fairlead {

/// Every environment of a folder carries it.
inline constexpr const char* folder_label = "devcontainer.local_folder";

/// A question that is likely to be asked soon, put to a backend elsewhere while the configuration
/// still travels: which environments a folder has. A link's delay is then waited for once.
class EarlyList {
 public:
  struct Answer {
    std::shared_ptr<Backend> backend;
    std::string folder;
    std::vector<InstanceInfo> instances;  ///< those whose label names the folder
  };

  /// Asks the first backend that `settings` lead to, on a thread of its own.
  EarlyList(Core& core, const Settings& settings, std::string folder);
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
};

}  // namespace fairlead

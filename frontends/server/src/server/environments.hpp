#pragma once

#include "server/caller.hpp"
#include "server/forwards_file.hpp"
#include "server/place.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace fairlead::server {

/// The environments that this process forwards for. Keeps a file of them, so that the next process
/// goes on after this one was killed. Thread-safe.
class Environments {
 public:
  Environments(Place place, EventSink& log);
  ~Environments();
  Environments(const Environments&) = delete;
  Environments& operator=(const Environments&) = delete;

  /// Takes up, on threads of its own, what the file says. Once, before anything else.
  void restore();

  /// Forwards that cannot be made are lines of `failures`; throws only when the environment is not
  /// found.
  EnvironmentForwards forward(const Caller& caller, const ForwardOrder& order,
                              std::stop_token stop);
  /// Ends these forwards, or with none given all of them. Returns those that were there. Throws
  /// "environment.not_found".
  std::vector<ForwardInfo> unforward(const Caller& caller, const std::vector<PortTarget>& targets,
                                     bool reverse, std::stop_token stop);
  /// Ends all that belongs to a container. True: there was something.
  bool end(const std::string& container_id);

  /// All, or only the caller's.
  std::vector<EnvironmentForwards> list(const std::optional<Caller>& caller, std::stop_token stop);

  /// The forward of a name, "8080.my-app".
  std::optional<ForwardInfo> find_named(const std::string& name);
  /// From now on lists say where a forward is reached by its name.
  void serve_names_at(int port) { names_port_ = port; }

  /// Gives the connected `client` a relay of its own in an environment whose relay we keep. False:
  /// we keep none, and the client stays with the caller.
  bool lend(const RelayWish& wish, UniqueFd& client);

  /// Waits for something to happen after `seen` and says what number it has.
  std::uint64_t wait_for_change(std::uint64_t seen, const std::stop_token& stop);
  /// Every event, until the number that `listen` returned is given back. `listener` returns soon.
  std::uint64_t listen(std::function<void(const PortEvent&, const std::string& folder)> listener);
  void unlisten(std::uint64_t number);

  bool empty();
  /// Drops environments that are gone.
  void tidy();
  /// From now on the file stays as it is, whatever ends.
  void freeze();
  /// As `freeze`, and there is no file: the next process begins with nothing.
  void forget();

 private:
  struct Entry;
  std::shared_ptr<Entry> entry_of(const Caller& caller, const std::stop_token& stop);
  std::shared_ptr<Entry> find(const Caller& caller, const std::stop_token& stop);
  static void begin_sync(Entry& entry, const std::stop_token& stop);
  void take_over(Entry& entry, std::shared_ptr<Entry> old, const std::stop_token& stop);
  std::vector<EnvironmentForwards> views();
  void name_forwards(std::vector<EnvironmentForwards>& views);
  void heard(const Entry& entry, const PortEvent& event);
  void changed();
  void save();
  /// Why the engine cannot say now, but may later; nothing: it is taken up, or gone.
  std::optional<Error> restore(const SavedForwards& environment, const std::stop_token& stop);
  void restore_patiently(const SavedForwards& environment, const std::stop_token& stop);
  void wait_until_restored(const std::stop_token& stop);

  Place place_;
  EventSink& log_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::map<std::string, std::shared_ptr<Entry>> entries_;  ///< by key
  std::map<std::uint64_t, std::function<void(const PortEvent&, const std::string&)>> listeners_;
  std::uint64_t changes_ = 0;
  std::uint64_t last_listener_ = 0;
  std::size_t restoring_ = 0;
  std::vector<SavedForwards> unanswered_;  ///< given up for now; whoever comes next tries again
  bool frozen_ = false;
  std::atomic<int> names_port_{0};  ///< 0: names are not served
  std::mutex saving_;
  std::vector<std::jthread> restorers_;  ///< last: they use the rest
};

}  // namespace fairlead::server

#pragma once

#include <fairlead/conformance/suite.hpp>
#include <fairlead/error.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>

/// What checks are written with.
namespace fairlead::conformance {

/// A check that does not hold.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// Something that the backend does not have.
struct Absent : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void require(bool holds, const std::string& what);

struct Said {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// An instance of the check's own that runs until it is stopped.
class World {
 public:
  World(Subject& subject, const Options& options) : subject_(subject), options_(options) {}
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Subject& subject() { return subject_; }
  const Options& options() const { return options_; }
  const std::string& id() const { return id_; }
  /// A request for an instance that sleeps; TERM ends it.
  CreateRequest sleeper() const;
  /// Creates and starts it.
  void begin(const CreateRequest& request);
  void begin() { begin(sleeper()); }
  void created(std::string id) { id_ = std::move(id); }

  ExecRequest shell(const std::string& script) const;
  /// `sh -c script` with `input`, to its end.
  Said run(const std::string& script, const std::string& input = {});
  Said run(ExecRequest request, const std::string& input);
  /// Waits for a condition inside, up to half a minute.
  void wait_for(const std::function<bool()>& condition, const std::string& what);

 private:
  Subject& subject_;
  const Options& options_;
  std::string id_;
};

/// Bytes without a pattern that a lost piece could hide in.
std::string noise(std::size_t size);
/// A file without a name, read from its start.
UniqueFd file_with(std::string_view content);
std::string content_of(const UniqueFd& file);
UniqueFd copy_of(const UniqueFd& fd);

}  // namespace fairlead::conformance

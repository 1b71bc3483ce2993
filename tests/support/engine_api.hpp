#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::test {

/// A container as a test judges it.
struct Container {
  std::string id;
  std::string image;
  std::string state;  ///< "running", "exited", "created"
  std::map<std::string, std::string> labels;
};

/// The engine behind a Unix socket, spoken to without any of the code under test.
/// Every call opens a connection of its own; all throw std::runtime_error when nothing answers.
class EngineApi {
 public:
  /// `host` is DOCKER_HOST's value; only unix:// is understood.
  explicit EngineApi(std::string host);

  const std::string& socket_path() const { return socket_; }

  /// The body of a 2xx answer; throws std::runtime_error with status and body otherwise.
  std::string request(const std::string& method, const std::string& path,
                      const std::string& body = {}) const;

  bool answers() const;
  std::vector<Container> containers() const;
  /// "running", "exited", …; nothing when there is no such container.
  std::optional<std::string> state_of(const std::string& id) const;
  /// "ARGUMENTS" of each process, as the engine's `top` says; empty for a stopped container.
  std::vector<std::string> processes(const std::string& id) const;
  /// JSON text of inspect.
  std::string inspect(const std::string& id) const;
  bool has_image(const std::string& name) const;
  std::vector<std::string> image_tags() const;
  /// By force, with anonymous volumes; gone is fine.
  void remove_container(const std::string& id) const;
  void remove_image(const std::string& name) const;

 private:
  std::string socket_;
};

}  // namespace fairlead::test

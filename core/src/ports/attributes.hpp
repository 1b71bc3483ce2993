#pragma once

#include <fairlead/config_model.hpp>

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <vector>

namespace fairlead::ports {

/// A port that somebody wants to know the attributes of.
struct PortSubject {
  std::string host = "localhost";
  int port = 0;
  std::string command = {};  ///< of the process that listens; empty: unknown
};

/// Whether `host` means the environment itself.
bool is_localhost(const std::string& host);

/// What `portsAttributes` and `otherPortsAttributes` say, ready to be asked. Immutable; cheap to
/// copy; may be asked from any thread.
class PortRules {
 public:
  PortRules();
  /// Reads both from a merged configuration; what is not of the right type is passed over.
  explicit PortRules(const nlohmann::ordered_json& merged);

  /// A port's own number or host:port wins over ranges and patterns, member by member; of those the
  /// first that says something. A port that no key says anything of gets otherPortsAttributes.
  /// What nobody says is unset, but onAutoForward: "notify". PORT-006..014.
  PortAttributes of(const PortSubject& subject) const;

  struct Rules;

 private:
  std::shared_ptr<const Rules> rules_;
};

}  // namespace fairlead::ports

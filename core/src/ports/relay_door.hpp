#pragma once

#include "ports/relay_session.hpp"

#include <memory>
#include <stop_token>
#include <string>

namespace fairlead::ports {

/// A session over a connection of its own: quicker than the streams of an exec, which pass through
/// the engine. The relay inside listens on the instance's address until somebody says a word that
/// counts once and that only we know; then it listens no more. Ends with the session that it was
/// asked for by.
class DoorSession {
 public:
  /// Throws "relay.door" when it does not come to that, or what `relay` and the backend do.
  DoorSession(RelaySession& relay, Backend& backend, const std::string& instance,
              const std::stop_token& stop);

  RelaySession& session() { return *session_; }
  bool alive() const { return session_->alive(); }

 private:
  std::unique_ptr<RelayCommand> command_;
  std::unique_ptr<RelaySession> session_;
};

}  // namespace fairlead::ports

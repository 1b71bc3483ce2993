#include "ssh-remote/failure.hpp"

#include <array>
#include <string_view>

namespace fairlead::ssh {
namespace {

struct KnownWords {
  std::string_view words;
  Status status;
  const char* code;
  const char* what;  ///< behind "The host … "
  const char* hint;
};

constexpr const char* key_hint =
    "Put your key there with `ssh-copy-id`, load it with `ssh-add`, or name it in ~/.ssh/config "
    "(User, IdentityFile). A password can be given only on a terminal.";

constexpr std::array known_words{
    KnownWords{"REMOTE HOST IDENTIFICATION HAS CHANGED", Status::denied, "host.key_changed",
               "shows another key than the one that is known",
               "Ask who runs the host. If the change is right, forget the old key with "
               "`ssh-keygen -R HOST` and connect once with `ssh HOST`."},
    KnownWords{"REVOKED HOST KEY", Status::denied, "host.key_changed",
               "shows a key that was revoked", "Ask who runs the host."},
    KnownWords{"Host key verification failed", Status::denied, "host.key_unknown",
               "is not known yet, and nobody could be asked",
               "Connect once with `ssh HOST` and compare the key, or add it to known_hosts."},
    KnownWords{"Could not resolve hostname", Status::unavailable, "host.name",
               "has a name that cannot be resolved",
               "Check the name, or give it a HostName in ~/.ssh/config."},
    KnownWords{"Connection refused", Status::unavailable, "host.refused",
               "answers, but no SSH server listens there",
               "Check the port (ssh://host:2222) and that sshd runs."},
    KnownWords{
        "timed out", Status::unavailable, "host.unreachable", "does not answer",
        "Is it on, and is the network (VPN) up? plugins.ssh.connect_timeout sets how long is "
        "waited."},
    KnownWords{"No route to host", Status::unavailable, "host.unreachable", "cannot be reached",
               "Is it on, and is the network (VPN) up?"},
    KnownWords{"Network is unreachable", Status::unavailable, "host.unreachable",
               "cannot be reached", "Is the network (VPN) up?"},
    KnownWords{"Too many authentication failures", Status::denied, "host.denied",
               "refused you after too many keys",
               "Name the right key in ~/.ssh/config (IdentityFile and IdentitiesOnly yes)."},
    KnownWords{"Permission denied", Status::denied, "host.denied", "does not let you in", key_hint},
};

// ssh ends its lines with CR LF.
std::string tidy(const std::string& words) {
  std::string out;
  for (const char c : words) {
    if (c == '\n' && (out.empty() || out.back() == '\n')) continue;
    if (c != '\r') out += c;
  }
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

Error told(Status status, const char* code, const std::string& what, const std::string& words,
           const char* hint) {
  const auto said = tidy(words);
  return {status, code, said.empty() ? what + '.' : what + ": " + said, hint};
}

}  // namespace

Error connection_failure(const Address& address, const std::string& words, bool asked) {
  const auto host = "The host " + address.text() + ' ';
  for (const auto& known : known_words) {
    if (words.find(known.words) == std::string::npos) continue;
    const bool password = std::string_view(known.code) == "host.denied" && !asked &&
                          (words.find("password") != std::string::npos ||
                           words.find("keyboard-interactive") != std::string::npos);
    return told(known.status, known.code,
                host + (password ? "wants a password, and there is no terminal to ask for it on"
                                 : known.what),
                words, known.hint);
  }
  return told(Status::unavailable, "host.closed", host + "let no connection come about", words,
              "`ssh -v HOST` says more.");
}

Error shell_failure(const Address& address, const std::string& words) {
  return told(Status::failed, "host.shell",
              "The host " + address.text() + " let you in, but its login shell runs no command",
              words,
              "Try `ssh HOST true`: the account may have no shell, or its start-up files end it.");
}

}  // namespace fairlead::ssh

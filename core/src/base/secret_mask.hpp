#pragma once

#include <fairlead/events.hpp>

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// Replaces secret values by ******** in everything that passes, longest value first. Also as lines
/// end on a terminal, and without the line end that a shell drops. SEC-004. Thread-safe.
class SecretMask final : public EventSink {
 public:
  /// \param next outlives this
  explicit SecretMask(EventSink& next) : next_(next) {}
  void on_event(const LogEvent& event) override;

  /// More values from now on; empty ones are ignored.
  void add(const std::vector<std::string>& secrets);
  /// `text` with every secret replaced.
  std::string masked(std::string text) const;
  /// How much of `text` can be shown before more of it is known: what follows may be the beginning
  /// of a secret.
  std::size_t certain(std::string_view text) const;
  bool empty() const;

 private:
  mutable std::mutex mutex_;
  EventSink& next_;
  std::vector<std::string> secrets_;  ///< longest first
};

/// Masks a text that comes in pieces: a secret that is cut in two is found too.
class MaskedStream {
 public:
  explicit MaskedStream(const SecretMask& mask) : mask_(mask) {}
  /// What can be shown by now.
  std::string feed(std::string_view piece);
  /// The rest, at the end.
  std::string finish();

 private:
  const SecretMask& mask_;
  std::string pending_;
};

}  // namespace fairlead

#include "base/secret_mask.hpp"

#include <algorithm>
#include <utility>

namespace fairlead {
namespace {

constexpr std::string_view stars = "********";

void replace_all(std::string& text, const std::string& secret) {
  auto at = text.find(secret);
  if (at == std::string::npos) return;
  std::string out;
  std::size_t start = 0;
  for (; at != std::string::npos; at = text.find(secret, start)) {
    out.append(text, start, at - start);
    out += stars;
    start = at + secret.size();
  }
  out.append(text, start);
  text = std::move(out);
}

std::string with_terminal_lines(const std::string& value) {
  std::string out;
  for (const char c : value) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

/// Where the longest end of `text` begins that is the beginning of `secret`, but not all of it.
std::size_t beginning_of(std::string_view text, std::string_view secret) {
  for (auto length = std::min(secret.size() - 1, text.size()); length > 0; --length) {
    if (text.substr(text.size() - length) == secret.substr(0, length)) return text.size() - length;
  }
  return text.size();
}

/// Not inside an occurrence of `secret`.
std::size_t before_occurrence(std::string_view text, std::string_view secret, std::size_t cut) {
  const auto first = cut < secret.size() ? 0 : cut - secret.size() + 1;
  const auto at = text.find(secret, first);
  return at < cut && at + secret.size() > cut ? at : cut;
}

}  // namespace

void SecretMask::add(const std::vector<std::string>& secrets) {
  const std::lock_guard lock(mutex_);
  const auto keep = [&](std::string value) {
    if (value.empty() || std::ranges::find(secrets_, value) != secrets_.end()) return;
    secrets_.push_back(std::move(value));
  };
  for (const auto& secret : secrets) {
    keep(secret);
    keep(with_terminal_lines(secret));
    keep(secret.substr(0, secret.find_last_not_of('\n') + 1));
  }
  std::ranges::stable_sort(secrets_,
                           [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

std::string SecretMask::masked(std::string text) const {
  const std::lock_guard lock(mutex_);
  for (const auto& secret : secrets_) replace_all(text, secret);
  return text;
}

std::size_t SecretMask::certain(std::string_view text) const {
  const std::lock_guard lock(mutex_);
  auto cut = text.size();
  for (const auto& secret : secrets_) cut = std::min(cut, beginning_of(text, secret));
  for (auto before = cut + 1; before != cut;) {
    before = cut;
    for (const auto& secret : secrets_) cut = before_occurrence(text, secret, cut);
  }
  return cut;
}

bool SecretMask::empty() const {
  const std::lock_guard lock(mutex_);
  return secrets_.empty();
}

void SecretMask::on_event(const LogEvent& event) {
  if (empty()) return next_.on_event(event);
  LogEvent clean = event;
  clean.text = masked(std::move(clean.text));
  clean.step_detail = masked(std::move(clean.step_detail));
  next_.on_event(clean);
}

std::string MaskedStream::feed(std::string_view piece) {
  if (pending_.empty() && mask_.empty()) return std::string(piece);
  pending_ += piece;
  const auto cut = mask_.certain(pending_);
  auto shown = mask_.masked(pending_.substr(0, cut));
  pending_.erase(0, cut);
  return shown;
}

std::string MaskedStream::finish() { return mask_.masked(std::exchange(pending_, {})); }

}  // namespace fairlead

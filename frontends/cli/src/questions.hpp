#pragma once

#include <fairlead/core.hpp>
#include <fairlead/engine.hpp>

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace fairlead::cli {

/// Somebody who answers questions in place of a person at the terminal. Every function blocks; who
/// does not answer in time means the default. Any thread.
class Questions {
 public:
  enum class Kind : std::uint8_t { trust, secret, choice, confirm, text };
  struct Item {
    std::string name;
    std::string description;
  };
  /// A line of text; `usual` stands for no answer.
  struct Text {
    std::string message;
    std::string usual;
    std::vector<std::string> choices;
    bool only_choices = false;
  };

  virtual ~Questions() = default;
  /// Whether questions of this kind are answered at all.
  virtual bool answers(Kind kind) const = 0;
  virtual bool allow(const TrustQuestion& question, const std::stop_token& stop) = 0;
  /// Empty: it is not told.
  virtual std::string secret(const SecretDeclaration& declared, const std::stop_token& stop) = 0;
  /// The number of an item, from 0; nullopt: none was chosen.
  virtual std::optional<std::size_t> choose(const std::string& message,
                                            const std::vector<Item>& items,
                                            const std::stop_token& stop) = 0;
  virtual bool confirm(const std::string& message, bool usual, const std::stop_token& stop) = 0;
  virtual std::string text(const Text& question, const std::stop_token& stop) = 0;
};

}  // namespace fairlead::cli

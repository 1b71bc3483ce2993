#pragma once

#include "client.hpp"
#include "peer.hpp"
#include "questions.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace fairlead::rpc {

/// The kinds of questions that a client may answer: requests `ask/KIND` to it.
constexpr std::array<std::string_view, 7> question_kinds = {
    "trust", "secret", "choice", "confirm", "text", "password", "hostKey"};

/// Asks the client. docs/json-rpc.md lists the requests.
class ClientQuestions final : public cli::Questions {
 public:
  /// `request`: the id, as JSON text, of the request that the questions are about; empty: none.
  ClientQuestions(std::shared_ptr<const Client> client, std::shared_ptr<Peer> peer,
                  std::string request)
      : client_(std::move(client)), peer_(std::move(peer)), request_(std::move(request)) {}

  bool answers(Kind kind) const override;
  bool allow(const TrustQuestion& question, const std::stop_token& stop) override;
  std::string secret(const SecretDeclaration& declared, const std::stop_token& stop) override;
  std::optional<std::size_t> choose(const std::string& message, const std::vector<Item>& items,
                                    const std::stop_token& stop) override;
  bool confirm(const std::string& message, bool usual, const std::stop_token& stop) override;
  std::string text(const Text& question, const std::stop_token& stop) override;

 private:
  std::string ask(std::string_view kind, const std::string& members, const std::string& usual,
                  const std::stop_token& stop);

  std::shared_ptr<const Client> client_;
  std::shared_ptr<Peer> peer_;
  std::string request_;
};

/// One question: `members` are its own parameters, `usual` the answer, a JSON object, that stands
/// for none; it is returned when the client does not answer within its time.
std::string ask_client(const Client& client, Peer& peer, std::string_view kind,
                       const std::string& members, const std::string& usual,
                       const std::stop_token& stop);

}  // namespace fairlead::rpc

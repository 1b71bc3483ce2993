#include "client_questions.hpp"

#include "json_text.hpp"
#include "message.hpp"

#include <algorithm>

namespace fairlead::rpc {
namespace {

using cli::json_string;

std::string member(std::string_view name, const std::string& value) {
  return '"' + std::string(name) + "\":" + json_string(value);
}

std::string items_json(const std::vector<cli::Questions::Item>& items) {
  std::string list;
  for (const auto& item : items) {
    list += (list.empty() ? "{" : ",{") + member("name", item.name) + ',' +
            member("description", item.description) + '}';
  }
  return '[' + list + ']';
}

std::string_view name_of(cli::Questions::Kind kind) {
  return question_kinds.at(static_cast<std::size_t>(kind));
}

}  // namespace

std::string ask_client(const Client& client, Peer& peer, std::string_view kind,
                       const std::string& members, const std::string& usual,
                       const std::stop_token& stop) {
  const auto params = '{' + members + R"(,"default":)" + usual + R"(,"timeout":)" +
                      std::to_string(client.patience.count()) + '}';
  auto answer = peer.ask("ask/" + std::string(kind), params, client.patience, stop);
  return answer && !answer->empty() ? std::move(*answer) : usual;
}

std::string ClientQuestions::ask(std::string_view kind, const std::string& members,
                                 const std::string& usual, const std::stop_token& stop) {
  return ask_client(*client_, *peer_, kind, R"("request":)" + request_ + ',' + members, usual,
                    stop);
}

bool ClientQuestions::answers(Kind kind) const {
  return client_->answers.contains(std::string(name_of(kind)));
}

bool ClientQuestions::allow(const TrustQuestion& question, const std::stop_token& stop) {
  const auto members =
      member("workspace", question.workspace) + R"(,"wishes":)" + cli::json_array(question.wishes);
  return flag_member(ask("trust", members, R"({"allow":false})", stop), "allow");
}

std::string ClientQuestions::secret(const SecretDeclaration& declared,
                                    const std::stop_token& stop) {
  const auto members = member("name", declared.name) + ',' +
                       member("description", declared.description) + ',' +
                       member("documentationUrl", declared.documentation_url);
  return string_member(ask("secret", members, R"({"value":""})", stop), "value");
}

std::optional<std::size_t> ClientQuestions::choose(const std::string& message,
                                                   const std::vector<Item>& items,
                                                   const std::stop_token& stop) {
  const auto answer =
      ask("choice", member("message", message) + R"(,"items":)" + items_json(items), "null", stop);
  const int index = number_member(answer, "index", -1);
  if (index < 0 || static_cast<std::size_t>(index) >= items.size()) return std::nullopt;
  return static_cast<std::size_t>(index);
}

bool ClientQuestions::confirm(const std::string& message, bool usual, const std::stop_token& stop) {
  const auto otherwise = std::string(R"({"yes":)") + (usual ? "true}" : "false}");
  const auto answer = ask("confirm", member("message", message), otherwise, stop);
  const auto yes = member_text(answer, "yes");
  return yes == "true" || (yes != "false" && usual);
}

std::string ClientQuestions::text(const Text& question, const std::stop_token& stop) {
  const auto members = member("message", question.message) + R"(,"choices":)" +
                       cli::json_array(question.choices) + R"(,"onlyChoices":)" +
                       (question.only_choices ? "true" : "false");
  const auto answer = ask("text", members, '{' + member("value", question.usual) + '}', stop);
  return member_text(answer, "value").starts_with('"') ? string_member(answer, "value")
                                                       : question.usual;
}

}  // namespace fairlead::rpc

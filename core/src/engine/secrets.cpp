#include "base/atomic_file.hpp"
#include "base/jsonc.hpp"
#include "base/pipe.hpp"
#include "base/text.hpp"
#include "engine/workspace.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace fairlead {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* description = "Failed to read/parse secrets";
constexpr std::chrono::seconds command_limit{60};

/// `given`: as the user wrote it, which is what the reference shows.
std::string content_of(const Core& core, const std::string& path, const std::string& given) {
  try {
    return read_file(path);
  } catch (const Error& error) {
    const bool as_reference = core.mode() == Mode::drop_in && error.code() == "file.missing";
    throw OperationError(
        Error(error.status(), "secrets.read",
              as_reference ? "ENOENT: no such file or directory, open '" + given + "'"
                           : "The file of secrets cannot be read: " + error.message(),
              core.mode() == Mode::fairlead ? "Check --secrets-file." : ""),
        description);
  }
}

[[noreturn]] void fail(const Core& core, const std::string& path, const char* code,
                       const std::string& message) {
  const bool drop_in = core.mode() == Mode::drop_in;
  Error error(Status::invalid, code, drop_in ? "Invalid json data" : message);
  if (!drop_in) error.at({.file = path});
  throw OperationError(std::move(error), description);
}

/// The reference takes any value; what is no text is written as one.
std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

Json parsed(const Core& core, const std::string& path, const std::string& text) {
  try {
    // The reference takes comments, but no comma before the end.
    auto json = read_jsonc(text, {.file = path, .trailing_commas = core.mode() == Mode::fairlead});
    if (json && (json->is_object() || core.mode() == Mode::drop_in)) return std::move(*json);
  } catch (const Error& error) {
    if (core.mode() == Mode::drop_in) fail(core, path, "secrets.syntax", {});
    auto where = error.where();
    where.text.clear();  // the line may be the secret
    throw OperationError(
        Error(Status::invalid, "secrets.syntax", "The file of secrets is not JSON.").at(where),
        description);
  }
  fail(core, path, "secrets.syntax", "The file of secrets is no JSON object of names and values.");
}

/// Its first line is the value, as a password manager prints it; a failure means "not there".
std::optional<std::string> answer_of(std::vector<std::string> words, const std::string& name,
                                     std::stop_token stop) {
  words.push_back(name);
  auto pipe = make_pipe();
  CallOptions options{.stop = std::move(stop), .timeout = command_limit};
  SpawnRequest request{.argv = std::move(words)};
  request.out = options.pass(std::move(pipe.write_end));
  std::string answer;
  int status = 0;
  {
    const PipeReader reader(std::move(pipe.read_end),
                            [&](std::string_view piece) { answer += piece; });
    try {
      status = local_host()->spawn(request, std::move(options)).exit_code;
    } catch (const Error& error) {
      if (error.status() == Status::cancelled) throw;
      throw Error(Status::failed, "secrets.command",
                  "The command of the setting secrets_command cannot be run: " + error.message());
    }
  }
  if (status != 0) return {};
  if (answer.ends_with('\n')) answer.pop_back();
  return answer;
}

std::string member_text(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::vector<SecretDeclaration> declared_secrets(Core& core, const Selection& selection) {
  const auto workspace = open_workspace_if_any(core, selection);
  std::vector<SecretDeclaration> declared;
  if (!workspace.document) return declared;
  const auto secrets = workspace.document->json->find("secrets");
  if (secrets == workspace.document->json->end() || !secrets->is_object()) return declared;
  for (const auto& [name, value] : secrets->items()) {
    const auto& object = value.is_object() ? value : Json::object();
    declared.push_back({.name = name,
                        .description = member_text(object, "description"),
                        .documentation_url = member_text(object, "documentationUrl")});
  }
  return declared;
}

Environment read_secrets(Core& core, const std::string& file) {
  const auto path =
      (std::filesystem::path(core.options().working_directory) / file).lexically_normal().string();
  const auto json = parsed(core, path, content_of(core, path, file));
  Environment secrets;
  if (!json.is_object()) return secrets;
  for (const auto& [name, value] : json.items()) {
    if (core.mode() == Mode::fairlead && !value.is_string()) {
      fail(core, path, "secrets.value", "The secret '" + name + "' is no text.");
    }
    if (core.mode() == Mode::fairlead && (name.empty() || name.find('=') != std::string::npos)) {
      fail(core, path, "secrets.value", "'" + name + "' cannot be the name of a variable.");
    }
    secrets[name] = text_of(value);
  }
  core.add_secrets(secrets);
  return secrets;
}

Environment find_secrets(Core& core, const Selection& selection,
                         const std::vector<SecretDeclaration>& declared, std::stop_token stop) {
  Environment found;
  if (declared.empty()) return found;
  const auto settings = open_workspace_if_any(core, selection, stop).settings;
  const auto& command = settings.list("secrets_command");
  for (const auto& secret : declared) {
    const auto given = core.options().environment.find(secret.name);
    if (given != core.options().environment.end()) {
      found[secret.name] = given->second;
    } else if (!command.empty()) {
      if (auto answer = answer_of(command, secret.name, stop)) found[secret.name] = *answer;
    }
  }
  core.add_secrets(found);
  return found;
}

}  // namespace fairlead

#include "commands/reference_errors.hpp"

#include <fairlead/creation_error.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

namespace fairlead::cli {
namespace {

constexpr std::string_view pulling = "pulling ";
constexpr std::string_view listing = "listing ";

/// Told by the container's first command, which the reference knows nothing more of.
bool is_about_first_command(const Error& error) {
  constexpr std::array<std::string_view, 3> codes{"environment.enter", "environment.ended",
                                                  "environment.not_running"};
  return std::ranges::find(codes, error.code()) != codes.end();
}

bool named_container_is_missing(const Error& error, const Arguments& arguments) {
  const bool missing = error.code() == "environment.not_found" ||
                       error.code() == "engine.unreachable" || error.code() == "engine.absent";
  return missing && (arguments.command() == CommandId::set_up || arguments.text_if("container-id"));
}

bool is_about_start(const OperationError& error) {
  const auto& notes = error.notes();
  return !error.container_id().empty() &&
         std::ranges::find(notes, "starting the container") != notes.end();
}

/// What the reference leaves to the builder to find out.
bool is_about_build(const Error& error) {
  constexpr std::array<std::string_view, 5> codes{"image.build", "image.build_file",
                                                  "image.build_option", "dockerfile.target",
                                                  "features.install_script"};
  return std::ranges::find(codes, error.code()) != codes.end();
}

/// What a step that begins so was about: the image that could not be pulled, the containers that
/// could not be listed; empty: something else failed.
std::string subject_of(const Error& error, std::string_view step) {
  for (const auto& note : error.notes()) {
    if (note.starts_with(step)) return note.substr(step.size());
  }
  return {};
}

/// The command of Compose's that failed, which the backend says with its advice; empty: none did.
std::string compose_command(const Error& error) {
  constexpr std::string_view before = "Compose was run as: ";
  const auto at = error.hint().find(before);
  return at == std::string::npos ? std::string() : error.hint().substr(at + before.size());
}

/// As Node.js says it; empty where it depends on what a name resolves to.
std::string about_connection(const Error& error) {
  if (error.code() != "registry.unreachable") return {};
  constexpr std::string_view unknown = "Could not resolve host: ";
  constexpr std::string_view refused = "Failed to connect to ";
  const auto& message = error.message();
  if (const auto at = message.find(unknown); at != std::string::npos) {
    return "getaddrinfo ENOTFOUND " +
           message.substr(at + unknown.size(), message.size() - at - unknown.size() - 1);
  }
  const auto at = message.find(refused);
  if (at == std::string::npos) return {};
  std::istringstream words(message.substr(at + refused.size()));
  std::string host;
  std::string port;
  words >> host >> port >> port;
  if (host == "localhost") host = "127.0.0.1";
  const bool known = host.find_first_not_of("0123456789.") == std::string::npos;
  return host.empty() || !known ? std::string() : "connect ECONNREFUSED " + host + ':' + port;
}

/// What the reference says of a Feature that it cannot have; empty: the same as we.
std::string about_feature(const Error& error) {
  const auto& message = error.message();
  if (auto words = about_connection(error); !words.empty()) return words;
  if (error.code() == "features.release") {
    const auto tried = message.find(" after attempting ");
    return "(!) Failed to fetch tarball for " + subject_of(error, "fetching ") +
           message.substr(std::min(tried, message.size()));
  }
  if (const auto name = subject_of(error, "fetching "); !name.empty()) {
    return "Failed to parse feature '" + name +
           "'. Please check your devcontainer.json 'features' attribute.";
  }
  if (message.ends_with("has null for options"))
    return "Cannot convert undefined or null to object";
  if (error.code() == "features.option_value") return "Cannot convert object to primitive value";
  if (error.code() == "features.cycle") return "Failed to compute Feature installation order!";
  if (error.code() == "features.legacy") {
    return message +
           "\nIf you were hoping to use local Features, remember to prepend your Feature name with "
           "\"./\". Please check https://containers.dev/implementors/features-distribution/"
           "#addendum-locally-referenced for more information.";
  }
  const auto unprocessed = [](const std::string& id) {
    return "ERR: Feature '" + id +
           "' could not be processed.  You may not have permission to access this Feature, or may "
           "not be logged in.  If the issue persists, report this to the Feature author.";
  };
  const auto quoted = [&message] {
    const auto begin = message.find('\'') + 1;
    return message.substr(begin, message.find('\'', begin) - begin);
  };
  if (error.code() == "features.absolute_path" || error.code() == "features.outside" ||
      error.code() == "features.remote" || error.code() == "features.reference") {
    return unprocessed(quoted());
  }
  constexpr std::string_view lacks = "The registry does not have ";
  if (!message.starts_with(lacks)) return {};
  if (const auto id = subject_of(error, "the lockfile pins "); !id.empty()) return unprocessed(id);
  return unprocessed(message.substr(lacks.size(), message.size() - lacks.size() - 1));
}

/// As Node.js says it.
std::string about_command(const Error& error) {
  if (error.code() != "host.command_not_found") return {};
  const auto begin = error.message().find('\'') + 1;
  return "spawn " + error.message().substr(begin, error.message().rfind('\'') - begin) + " ENOENT";
}

bool is_on_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((folder + '/' + name).c_str(), X_OK) == 0) return true;
  }
  return false;
}

const char* usual_description(CommandId command) {
  if (command == CommandId::up) return "An error occurred setting up the container.";
  if (command == CommandId::build) return "An error occurred building the container.";
  return "An error occurred running user commands in the container.";
}

OperationError reworded(const OperationError& error, std::string message, std::string description) {
  return {Error(error.status(), error.code(), std::move(message)), std::move(description),
          error.container_id()};
}

}  // namespace

OperationError in_reference_words(const OperationError& error, const Arguments& arguments,
                                  EventSink& log) {
  if (arguments.mode() != Mode::drop_in || error.status() == Status::cancelled) return error;
  const auto lose = [&] { Log(log).text(LogLevel::info, error.message()); };
  if (is_about_first_command(error)) {
    lose();
    return reworded(error, error.description(), error.description());
  }
  const auto command = "Command failed: " + arguments.text_if("docker-path").value_or("docker");
  if (named_container_is_missing(error, arguments)) {
    return reworded(error,
                    command + " inspect --type container " +
                        arguments.text_if("container-id").value_or(std::string()),
                    error.description());
  }
  if (const auto words = compose_command(error); !words.empty()) {
    lose();
    return reworded(error, "Command failed: " + words, error.description());
  }
  if (const auto* creation = dynamic_cast<const CreationError*>(&error)) {
    lose();
    return reworded(error, command + " run " + creation->words(), error.description());
  }
  if (is_about_start(error)) {
    lose();
    return reworded(error, command + " start " + error.container_id(), error.description());
  }
  if (const auto image = subject_of(error, pulling); !image.empty()) {
    lose();
    return reworded(error, command + " pull " + image, error.description());
  }
  if (const auto filters = subject_of(error, listing); !filters.empty()) {
    lose();
    return reworded(error, command + " ps " + filters, error.description());
  }
  if (const auto words = about_command(error); !words.empty()) {
    return reworded(error, words, error.description());
  }
  if (const auto words = about_feature(error); !words.empty()) {
    const bool twice = error.description() == error.message();
    return reworded(error, words, twice ? words : error.description());
  }
  if (is_about_build(error)) {
    lose();
    const bool stage = error.code() == "dockerfile.target";
    return reworded(error, command + " build",
                    stage ? "An error occurred building the image." : error.description());
  }
  return error;
}

void require_docker_command(const Arguments& arguments) {
  const auto path = arguments.text_if("docker-path");
  if (arguments.mode() != Mode::drop_in || !path || !arguments.given("docker-path")) return;
  const bool place = path->find('/') != std::string::npos;
  if (place ? ::access(path->c_str(), X_OK) == 0 : is_on_path(*path)) return;
  throw OperationError(Error(Status::not_found, "host.command_not_found",
                             "There is no command '" + *path + "' on this machine."),
                       usual_description(arguments.command()));
}

bool is_silent(const Error& error, const Arguments& arguments) {
  return arguments.mode() == Mode::drop_in && error.code() == "environment.not_found" &&
         named_container_is_missing(error, arguments);
}

}  // namespace fairlead::cli

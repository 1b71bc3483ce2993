#include "commands/reference_errors.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace fairlead::cli {
namespace {

constexpr std::string_view pulling = "pulling ";

/// Told by the container's first command, which the reference knows nothing more of.
bool is_about_first_command(const Error& error) {
  constexpr std::array<std::string_view, 3> codes{"environment.enter", "environment.ended",
                                                  "environment.not_running"};
  return std::ranges::find(codes, error.code()) != codes.end();
}

bool named_container_is_missing(const Error& error, const Arguments& arguments) {
  return error.code() == "environment.not_found" && arguments.text_if("container-id");
}

/// The image that could not be pulled; empty: something else failed.
std::string unpulled_image(const Error& error) {
  for (const auto& note : error.notes()) {
    if (note.starts_with(pulling)) return note.substr(pulling.size());
  }
  return {};
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
  if (named_container_is_missing(error, arguments)) {
    return reworded(
        error,
        "Command failed: docker inspect --type container " + *arguments.text_if("container-id"),
        error.description());
  }
  if (const auto image = unpulled_image(error); !image.empty()) {
    lose();
    return reworded(error, "Command failed: docker pull " + image, error.description());
  }
  return error;
}

bool is_silent(const Error& error, const Arguments& arguments) {
  return arguments.mode() == Mode::drop_in && named_container_is_missing(error, arguments);
}

}  // namespace fairlead::cli

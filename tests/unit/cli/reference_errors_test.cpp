#include "commands/reference_errors.hpp"

#include "argument_parser.hpp"

#include <fairlead/creation_error.hpp>

#include <gtest/gtest.h>

namespace fairlead::cli {
namespace {

class Silent final : public EventSink {
 public:
  void on_event(const LogEvent& /*event*/) override {}
};

std::string worded(const OperationError& error, const std::vector<std::string>& words = {"up"},
                   Mode mode = Mode::drop_in) {
  Silent log;
  const auto said = in_reference_words(error, parse_arguments(words, mode).arguments, log);
  EXPECT_EQ(said.container_id(), error.container_id());
  return said.message() + '|' + said.description();
}

OperationError failure(const std::string& code, const std::string& message,
                       const std::string& note = {}, const std::string& id = {}) {
  Error error(Status::failed, code, message);
  if (!note.empty()) error.note(note);
  return {error, "d", id};
}

TEST(ReferenceErrors, RepeatTheCommandThatFailed) {
  EXPECT_EQ(worded(failure("engine.failed", "m", "pulling i:1")),
            "Command failed: docker pull i:1|d");
  EXPECT_EQ(worded(failure("engine.failed", "m", "starting the container", "c1")),
            "Command failed: docker start c1|d");
  EXPECT_EQ(worded(failure("engine.unreachable", "m", "listing -q -a --filter label=a=b")),
            "Command failed: docker ps -q -a --filter label=a=b|d");
  EXPECT_EQ(worded(failure("image.build", "m"), {"up", "--docker-path", "/x/docker"}),
            "Command failed: /x/docker build|d");
  EXPECT_EQ(worded(CreationError(failure("engine.refused", "m", {}, "c1"), "-a --b")),
            "Command failed: docker run -a --b|d");
  EXPECT_EQ(worded(failure("environment.not_found", "m"), {"set-up", "--container-id", "x"}),
            "Command failed: docker inspect --type container x|d");
  EXPECT_EQ(worded(failure("environment.not_found", "m"), {"set-up", "--container-id", ""}),
            "Command failed: docker inspect --type container |d");
  EXPECT_EQ(worded(failure("environment.not_found", "m"), {"run-user-commands"}), "m|d");
}

TEST(ReferenceErrors, NameWhatIsNotThereAsTheReference) {
  EXPECT_EQ(worded(failure("host.command_not_found", "There is no command 'x y' on this machine.")),
            "spawn x y ENOENT|d");
  EXPECT_EQ(worded(failure("features.cycle", "m")),
            "Failed to compute Feature installation order!|d");
  const std::string end =
      " could not be processed.  You may not have permission to access this Feature, or may not be "
      "logged in.  If the issue persists, report this to the Feature author.|d";
  EXPECT_EQ(worded(failure("features.outside", "'../x': m")), "ERR: Feature '../x'" + end);
  EXPECT_EQ(worded(failure("registry.not_found", "The registry does not have r/f:1.")),
            "ERR: Feature 'r/f:1'" + end);
}

TEST(ReferenceErrors, WantTheCommandThatIsNamed) {
  const auto require = [](const std::vector<std::string>& words, Mode mode) {
    require_docker_command(parse_arguments(words, mode).arguments);
  };
  EXPECT_NO_THROW(require({"up"}, Mode::drop_in));
  EXPECT_NO_THROW(require({"up", "--docker-path", "sh"}, Mode::drop_in));
  EXPECT_NO_THROW(require({"up", "--docker-path", "/nowhere/docker"}, Mode::fairlead));
  for (const std::string path : {"/nowhere/docker", "fairlead-no-such-docker"}) {
    try {
      require({"build", "--docker-path", path}, Mode::drop_in);
      ADD_FAILURE() << path;
    } catch (const OperationError& error) {
      EXPECT_EQ(worded(error, {"build"}),
                "spawn " + path + " ENOENT|An error occurred building the container.");
    }
  }
}

TEST(ReferenceErrors, LeaveOurOwnWordsToUs) {
  EXPECT_EQ(worded(failure("image.build", "m"), {"up"}, Mode::fairlead), "m|d");
  EXPECT_EQ(worded(failure("config.syntax", "m")), "m|d");
}

}  // namespace
}  // namespace fairlead::cli

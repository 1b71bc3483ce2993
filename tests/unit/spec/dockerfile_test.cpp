#include "spec/dockerfile.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace fairlead {
namespace {

struct Row {
  const char* name;
  const char* text;
  const char* target;
  std::map<std::string, std::string> args;
  const char* image;
  const char* user;  ///< "-": the base image's
};

// IMG-028, IMG-029; edge case 43
TEST(Dockerfile, FindsTheBaseImageAndTheUser) {
  const Row rows[] = {
      {"variables and quotes",
       "ARG V\nARG W=x\nFROM i-${V:-2}${NONE:+9} AS a\nFROM \"i-${W:+1}\"\nUSER bob\n",
       "",
       {},
       "i-1",
       "bob"},
      {"last stage follows to another",
       "FROM base AS one\nUSER u1\nFROM other AS two\nUSER u2\nFROM one\n",
       "",
       {},
       "base",
       "u1"},
      {"target",
       "FROM base AS one\nUSER u1\nFROM other AS two\nUSER u2\nFROM one\n",
       "two",
       {},
       "other",
       "u2"},
      {"target by number", "FROM a\nUSER x\nFROM b\n", "0", {}, "a", "x"},
      {"a FROM of nothing",
       "FROM base\nFROM\v\v\nFROM --platform=x\nUSER u\n",
       "",
       {},
       "base",
       "u"},
      {"rare blanks", "FROM\vbase\fAS x\nUSER\fu\n", "", {}, "base", "u"},
      {"stage names know no case", "FROM base AS One\nFROM one\n", "ONE", {}, "base", "-"},
      {"a stage may be called like its image",
       "FROM base AS base\nFROM base\n",
       "",
       {},
       "base",
       "-"},
      {"three stages", "FROM x AS a\nFROM a AS b\nFROM b AS c\n", "", {}, "x", "-"},
      {"environment passes on, arguments do not",
       "FROM base AS one\nENV U=x\nARG V=y\nFROM one\nUSER $U${V:-n}\n",
       "",
       {},
       "base",
       "xn"},
      {"an argument from before the first FROM",
       "ARG X=pre\nFROM base\nARG X\nUSER ${X}\n",
       "",
       {},
       "base",
       "pre"},
      {"a build argument wins",
       "ARG X=pre\nFROM base:${X}\nARG X=in\nUSER ${X:-z}\n",
       "",
       {{"X", "arg"}},
       "base:arg",
       "arg"},
      {"an argument of an argument", "ARG A=1\nARG B=i-$A\nFROM $B\n", "", {}, "i-1", "-"},
      {"platform",
       "FROM --platform=$BUILDPLATFORM base-${TARGETARCH} AS q\n",
       "",
       {},
       "base-amd64",
       "-"},
      {"image environment", "FROM base\nUSER ${IMAGE_VARIABLE}\n", "", {}, "base", "fromimage"},
      {"nested default", "FROM ${A:-${B:-c}}\n", "", {}, "c", "-"},
      {"minus without colon", "ARG A=\nFROM x${A-1}${A:-2}\n", "", {}, "x2", "-"},
      {"unset user", "FROM base\nUSER ${NOPE}\n", "", {}, "base", "-"},
      {"single quotes", "FROM 'b' AS x\nUSER 1000:1000\n", "", {}, "b", "1000:1000"},
      {"escape directive",
       "# syntax=docker/dockerfile:1\n# escape=`\nFROM base `\n  AS x\n",
       "x",
       {},
       "base",
       "-"},
      {"lower case, comment and blank line in a continuation",
       "\nfrom base \\\n # c\n\n as q\nuser bob\n",
       "q",
       {},
       "base",
       "bob"},
      {"heredoc", "FROM base\nUSER a\nRUN <<EOF\nFROM evil\nUSER e\nEOF\n", "", {}, "base", "a"},
      {"heredocs with tabs and quotes",
       "FROM base\nCOPY <<-\"A\" <<'B' /x/\nFROM e\n\tA\nFROM f\nB\nUSER c\n",
       "",
       {},
       "base",
       "c"},
      {"old ENV form", "FROM base\nENV C x y\nUSER $C\n", "", {}, "base", "x y"},
      {"one ENV sees none of its own values",
       "FROM base\nENV A=1 B=${A:-0}\nUSER u$A$B\n",
       "",
       {},
       "base",
       "u10"},
      {"digest", "FROM base@sha256:abc AS x\n# USER c\nUSER d\n", "", {}, "base@sha256:abc", "d"},
      {"CRLF", "FROM base\r\nUSER d\r\n", "", {}, "base", "d"},
      {"continued with CRLF", "FROM \\\r\n base\r\nUSER d", "", {}, "base", "d"},
      {"escaped dollar", "FROM base\nUSER a\\$b\n", "", {}, "base", "a$b"},
  };
  for (const auto& row : rows) {
    DockerfileInputs inputs;
    inputs.target = row.target;
    inputs.build_args = row.args;
    inputs.image_environment["IMAGE_VARIABLE"] = "fromimage";
    const auto file = read_dockerfile(row.text);
    EXPECT_EQ(base_image(file, inputs), row.image) << row.name;
    EXPECT_EQ(stage_user(file, inputs).value_or("-"), row.user) << row.name;
  }
}

TEST(Dockerfile, RefusesAFileWithoutFrom) {
  for (const char* text : {"", "RUN x\n", "# FROM a\n", "ARG A=1\n"}) {
    try {
      read_dockerfile(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "dockerfile.no_from");
      EXPECT_EQ(error.message(),
                "Error parsing Dockerfile: Dockerfile contains no FROM instructions");
    }
  }
}

TEST(Dockerfile, RefusesAnUnknownTarget) {
  const auto file = read_dockerfile("FROM a AS x\n");
  DockerfileInputs inputs;
  inputs.target = "y";
  EXPECT_THROW(base_image(file, inputs), Error);
}

TEST(Dockerfile, NamesTheImagesThatItsStagesBeginWith) {
  const auto file = read_dockerfile(R"(ARG TAG=1
FROM --platform=$BUILDPLATFORM r.invalid/tool:$TAG AS tool
FROM scratch AS empty
FROM tool AS more
FROM r.invalid/base
FROM r.invalid/tool:2 AS dev
FROM r.invalid/late
)");
  const std::vector<StageImage> all = {
      {"r.invalid/tool:2", "$BUILDPLATFORM"}, {"r.invalid/base", ""}, {"r.invalid/tool:2", ""}};
  EXPECT_EQ(stage_images(file, {.build_args = {{"TAG", "2"}}, .target = "dev"}), all);
  EXPECT_EQ(stage_images(file, {.target = "empty"}).size(), 1U);
  EXPECT_EQ(stage_images(file, {}).back().image, "r.invalid/late");
  EXPECT_THROW(stage_images(file, {.target = "none"}), Error);
}

TEST(Dockerfile, ReadsTheDirectives) {
  const auto file = read_dockerfile("# Syntax = docker/dockerfile:1.4\n#escape=`\nFROM a\n");
  EXPECT_EQ(file.syntax, "docker/dockerfile:1.4");
  EXPECT_EQ(file.escape, '`');
  EXPECT_EQ(read_dockerfile("# a comment\n# syntax=x\nFROM a\n").syntax, "");
}

TEST(Dockerfile, NamesTheLastStage) {
  const std::pair<const char*, const char*> rows[] = {
      {"FROM a", "FROM a AS dev_container_auto_added_stage_label"},
      {"FROM a \r\nUSER x\r\n", "FROM a AS dev_container_auto_added_stage_label \r\nUSER x\r\n"},
      {"FROM a AS q\nFROM \\\n  b\nUSER x\n",
       "FROM a AS q\nFROM \\\n  b AS dev_container_auto_added_stage_label\nUSER x\n"},
  };
  for (const auto& [text, expected] : rows) {
    const auto named = name_last_stage(read_dockerfile(text));
    EXPECT_EQ(named.text, expected);
    EXPECT_EQ(named.name, "dev_container_auto_added_stage_label");
  }
  const auto kept = name_last_stage(read_dockerfile("FROM a\nFROM b as Q\n"));
  EXPECT_EQ(kept.text, "FROM a\nFROM b as Q\n");
  EXPECT_EQ(kept.name, "Q");
}

}  // namespace
}  // namespace fairlead

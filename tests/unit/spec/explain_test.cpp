#include "project_folder.hpp"

#include <fairlead/explain.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace fairlead {
namespace {

using spec_test::ProjectFolder;

NamedEntry entry(std::string who, const char* text) {
  return {std::move(who),
          {std::make_shared<nlohmann::ordered_json>(nlohmann::ordered_json::parse(text))}};
}

std::string word(Contribution::Outcome outcome) {
  if (outcome == Contribution::Outcome::won) return "won";
  return outcome == Contribution::Outcome::lost ? "lost" : "partly";
}

std::string text_of(const Explanation& one) {
  std::string out = one.property + '=' + one.value + '\n';
  for (const auto& each : one.contributions) {
    out += each.who;
    if (each.where.line > 0) {
      out += ':' + std::to_string(each.where.line) + ':' + std::to_string(each.where.column);
    }
    out += ' ' + each.value + ' ' + word(each.outcome) + ": " + each.reason + '\n';
  }
  return out;
}

class Explain : public testing::Test {
 protected:
  std::string of(const std::string& property) const {
    const auto document = read_config(project_.options(Mode::fairlead));
    std::string out;
    for (const auto& one : explain(document, entries_, property)) out += text_of(one);
    return project_.shortened(out);
  }

  ProjectFolder project_{R"({
  "image": "i",
  "name": "${localEnv:A}",
  "init": false,
  "containerEnv": {"X": "own"},
  "capAdd": ["P", "Q"],
  "postCreateCommand": "make",
  "customizations": {"t": {"k": 1}}
})"};
  std::vector<NamedEntry> entries_{
      entry("image b, entry 1",
            R"({"remoteUser":"root","init":true,"containerEnv":{"X":"i","Y":"i"},
            "capAdd":["P"],"runArgs":["-x"],"postCreateCommand":["img"],"customizations":{"t":{"k":0}}})"),
      entry("Feature './f'", R"({"id":"./f","capAdd":["P"],"mounts":["target=/m,type=volume"]})")};
};

TEST_F(Explain, SaysWhoWins) {
  project_.write("proj/.devcontainer/devcontainer.local.json", "{\n\n\"remoteUser\": \"me\"}");
  EXPECT_EQ(of("remoteUser"),
            "remoteUser=\"me\"\n"
            "default the container's user lost: somebody says otherwise\n"
            "image b, entry 1 \"root\" lost: devcontainer.local.json says something later\n"
            "devcontainer.local.json:3:15 \"me\" won: the last value\n");
}

TEST_F(Explain, ShowsTheTextAndTheSubstitutedValue) {
  EXPECT_EQ(of("name"),
            "name=\"v\"\n"
            "devcontainer.json:3:11 \"${localEnv:A}\" won: the only value\n");
}

TEST_F(Explain, FalseCannotRevoke) {
  EXPECT_EQ(of("init"),
            "init=true\n"
            "default false lost: somebody says otherwise\n"
            "image b, entry 1 true won: one true is enough\n"
            "devcontainer.json:4:11 false lost: false cannot take back a true\n");
}

TEST_F(Explain, GoesIntoMembers) {
  EXPECT_EQ(of("containerEnv"),
            "containerEnv={\"X\":\"own\",\"Y\":\"i\"}\n"
            "image b, entry 1 {\"X\":\"i\",\"Y\":\"i\"} partly: kept Y; devcontainer.json says "
            "something later: X\n"
            "devcontainer.json:5:19 {\"X\":\"own\"} won: nobody later says the same\n");
  EXPECT_EQ(of("containerEnv.X"),
            "containerEnv.X=\"own\"\n"
            "image b, entry 1 \"i\" lost: devcontainer.json says something later\n"
            "devcontainer.json:5:25 \"own\" won: the last value\n");
}

TEST_F(Explain, ListsAreAdded) {
  EXPECT_EQ(
      of("capAdd"),
      "capAdd=[\"P\",\"Q\"]\n"
      "image b, entry 1 [\"P\"] won: added to the list\n"
      "Feature './f' [\"P\"] lost: already in the list\n"
      "devcontainer.json:6:13 [\"P\",\"Q\"] partly: kept \"Q\"; already in the list: \"P\"\n");
  EXPECT_EQ(of("postCreateCommand"),
            "postCreateCommand=[[\"img\"],\"make\"]\n"
            "image b, entry 1 [\"img\"] won: all run, in this order\n"
            "devcontainer.json:7:24 \"make\" won: all run, in this order\n");
  EXPECT_EQ(of("customizations.t"),
            "customizations.t={\"k\":1}\n"
            "image b, entry 1 {\"k\":0} won: each tool gets it\n"
            "devcontainer.json:8:27 {\"k\":1} won: each tool gets it\n");
}

TEST_F(Explain, MetadataCannotSayEverything) {
  EXPECT_EQ(of("runArgs"),
            "runArgs=\n"
            "image b, entry 1 [\"-x\"] lost: only devcontainer.json may say this\n");
}

TEST_F(Explain, FallsBackToTheDefault) {
  EXPECT_EQ(of("waitFor"),
            "waitFor=\"updateContentCommand\"\n"
            "default \"updateContentCommand\" won: nobody says otherwise\n");
  EXPECT_EQ(of("workspaceFolder"),
            "workspaceFolder=\"/workspaces/proj\"\n"
            "default \"/workspaces/proj\" won: nobody says otherwise\n");
  EXPECT_EQ(of("secrets"), "secrets=\n");
}

TEST_F(Explain, WithoutAPropertyAllThatWasSaid) {
  const auto document = read_config(project_.options(Mode::fairlead));
  std::string names;
  for (const auto& one : explain(document, entries_, "")) names += one.property + ' ';
  EXPECT_EQ(names,
            "remoteUser init containerEnv capAdd runArgs postCreateCommand customizations mounts "
            "image name ");
}

TEST_F(Explain, RefusesAnUnknownName) {
  const auto document = read_config(project_.options(Mode::fairlead));
  try {
    explain(document, {}, "remoteUsr");
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "config.property");
    EXPECT_NE(error.hint().find("remoteUser"), std::string::npos);
  }
}

}  // namespace
}  // namespace fairlead

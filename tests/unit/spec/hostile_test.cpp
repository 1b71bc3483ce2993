#include "project_folder.hpp"

#include <fairlead/overlay.hpp>

#include <gtest/gtest.h>

#include <string>

namespace fairlead {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20U;
#ifdef FAIRLEAD_SANITIZED
constexpr std::size_t hostile_size = mebibyte / 8;  // as long as a mebibyte without
#else
constexpr std::size_t hostile_size = mebibyte;
#endif

/// `item` over and over, its number for every '#'.
std::string filled(std::string head, const std::string& item, const std::string& tail,
                   std::size_t size = hostile_size) {
  for (int n = 0; head.size() + item.size() + tail.size() + 8 < size; ++n) {
    if (n > 0) head += ',';
    for (const char c : item) head += c == '#' ? std::to_string(n) : std::string(1, c);
  }
  return head + tail;
}

std::string repeated(const std::string& text) {
  std::string out;
  while (out.size() < hostile_size) out += text;
  return out;
}

/// Everything that is done with a configuration; a refusal is an answer.
void read_all(const std::string& text) {
  const spec_test::ProjectFolder project(text);
  try {
    auto document = read_config(project.options(Mode::fairlead));
    document = substitute_devcontainer_id(std::move(document), "id");
    parse_config(document);
    merge(document, own_metadata_entries(document));
  } catch (const Error& error) {
    EXPECT_FALSE(error.code().empty());
  }
}

// Each of these took minutes in a reader that looks names up one by one, copies pointers or counts
// lines for each value; the test's time limit is the guard.
TEST(HostileConfig, EndsInTime) {
  read_all(filled("{", "\"#\":0", "}"));
  read_all(filled(R"({"containerEnv":{)", "\"A#\":\"\"", "}}"));
  read_all(filled(R"({"containerEnv":{)", "\"A#\":[]", "}}"));
  read_all(filled(R"({"customizations":{)", "\"t#\":{}", "}}"));
  read_all(filled(R"({"mounts":[)", R"("target=/#")", "]}"));
  read_all(filled(R"({"forwardPorts":[)", R"("h#:1")", "]}"));
  read_all(R"({"name":")" + repeated("${") + "}\"}");
  read_all(R"({"name":")" + repeated("${localEnv:A}") + "\"}");
  read_all(repeated("["));
}

TEST(HostileConfig, IsRefusedForTooManyValues) {
  const spec_test::ProjectFolder project(filled(R"({"x":[)", "1", "]}", mebibyte));
  for (const Mode mode : {Mode::fairlead, Mode::drop_in}) {
    try {
      read_config(project.options(mode));
      ADD_FAILURE() << "no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "config.too_large");
    }
  }
}

}  // namespace
}  // namespace fairlead

#include "commands/choose.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

namespace fairlead::cli {
namespace {

class Choose : public testing::Test {
 protected:
  Choose() {
    std::string name = (std::filesystem::temp_directory_path() / "choose-XXXXXX").string();
    root_ = std::filesystem::canonical(::mkdtemp(name.data())).string();
    add("one");
    add("two");
    session_.in.is_terminal = true;
    session_.err.is_terminal = true;
    session_.write_err = [this](std::string_view text) { shown_ += text; };
    session_.read_line = [this]() -> std::optional<std::string> {
      if (answers_.empty()) return std::nullopt;
      auto line = answers_.front();
      answers_.erase(answers_.begin());
      return line;
    };
  }
  ~Choose() override {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  void add(const std::string& name) const {
    const auto folder = std::filesystem::path(root_) / ".devcontainer" / name;
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "devcontainer.json") << "{}";
  }
  Arguments arguments(Mode mode = Mode::fairlead) const {
    Arguments out(CommandId::up, mode);
    out.add(*find_flag("workspace-folder", CommandId::up, mode), root_);
    return out;
  }

  std::string root_;
  std::string shown_;
  std::vector<std::string> answers_;
  Session session_;
};

// CFG-004
TEST_F(Choose, TakesTheAnswer) {
  answers_ = {"x", " 2 "};
  const auto chosen = with_chosen_config(arguments(), session_);
  EXPECT_EQ(chosen.text("config"), root_ + "/.devcontainer/two/devcontainer.json");
  EXPECT_EQ(shown_,
            "Several configurations are here:\n"
            "  1  .devcontainer/one/devcontainer.json\n"
            "  2  .devcontainer/two/devcontainer.json\n"
            "Which one? [1-2] Which one? [1-2] ");
}

TEST_F(Choose, EndsWithoutAnAnswer) {
  EXPECT_THROW(with_chosen_config(arguments(), session_), Error);
  answers_ = {"0", "3", ""};
  EXPECT_THROW(with_chosen_config(arguments(), session_), Error);
}

TEST_F(Choose, AsksOnlyOnATerminalAndOnlyWhenNeeded) {
  session_.in.is_terminal = false;
  EXPECT_EQ(with_chosen_config(arguments(), session_).text("config"), "");
  session_.in.is_terminal = true;
  session_.mode = Mode::drop_in;
  EXPECT_EQ(with_chosen_config(arguments(Mode::drop_in), session_).text("config"), "");
  session_.mode = Mode::fairlead;
  std::ofstream(root_ + "/.devcontainer.json") << "{}";
  EXPECT_EQ(with_chosen_config(arguments(), session_).text("config"), "");
  EXPECT_EQ(shown_, "");
}

}  // namespace
}  // namespace fairlead::cli

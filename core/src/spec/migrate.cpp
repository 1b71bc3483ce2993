#include "base/atomic_file.hpp"
#include "base/jsonc.hpp"
#include "spec/json_access.hpp"
#include "spec/text_edit.hpp"

#include <fairlead/error.hpp>
#include <fairlead/migrate.hpp>

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <system_error>
#include <utility>

namespace fairlead {
namespace {

using text_edit::Member;
using text_edit::Object;

/// One migration: the text as it is at this moment, and what was said about it.
class Migrator {
 public:
  Migrator(std::string_view text, std::string file) : file_(std::move(file)) {
    out_.before = std::string(text);
    out_.text = out_.before;
  }

  void run() {
    move_build();
    for (const char* name : {"extensions", "settings", "devPort"}) {
      move(name, {"customizations", "vscode"});
    }
    move("codespaces", {"customizations"});
    rename_variables();
  }
  Migration take() { return std::move(out_); }

 private:
  Object root() const { return *text_edit::object_at(out_.text, 0); }

  /// The object at the end of `path`; nullopt: it is not there, or something else is.
  std::optional<Object> find(std::initializer_list<const char*> path) const {
    std::optional<Object> at = root();
    for (const char* name : path) {
      const Member* member = at->find(name);
      if (member == nullptr) return std::nullopt;
      at = text_edit::object_at(out_.text, member->value);
      if (!at) return std::nullopt;
    }
    return at;
  }

  bool has(const char* name) const { return root().find(name) != nullptr; }

  /// Of a name that stands twice the last value counts; moved, the first one would.
  bool leave_repeated(const char* name) {
    const Object top = root();
    const auto times = std::count_if(top.members.begin(), top.members.end(),
                                     [&](const Member& member) { return member.name == name; });
    if (times > 1) said('"' + std::string(name) + "\" was left: it stands here more than once");
    return times > 1;
  }

  /// The value's text; its further lines without the indentation that the member had.
  std::string value_of(const Member& member) const {
    std::string value = out_.text.substr(member.value, member.end - member.value);
    const std::string blanks = "\n" + text_edit::leading_blanks(out_.text, member.begin);
    for (std::size_t at = value.find(blanks); at != std::string::npos;
         at = value.find(blanks, at)) {
      value.erase(at + 1, blanks.size() - 1);
      ++at;
    }
    return value;
  }

  void said(const std::string& sentence) { out_.changes.push_back(sentence); }

  /// `dockerFile` and `context` become members of `build`, in the place of `dockerFile`.
  void move_build() {
    const Object top = root();
    const Member* file = top.find("dockerFile");
    if (file == nullptr) return;
    for (const char* name : {"dockerFile", "context", "build"}) {
      if (leave_repeated(name)) return;
    }
    const auto build = find({"build"});
    if (has("build") && (!build || build->find("dockerfile") != nullptr)) {
      said(std::string("\"dockerFile\" was left: \"build") +
           (build ? ".dockerfile\" is there too" : "\" is no object"));
      return;
    }
    add_to_build(build, "dockerfile", "dockerFile");
    if (has("context")) add_to_build(find({"build"}), "context", "context");
  }

  void add_to_build(const std::optional<Object>& build, const char* name, const char* old) {
    if (build && build->find(name) != nullptr) {
      said('"' + std::string(old) + "\" was left: \"build." + name + "\" is there too");
      return;
    }
    const Object top = root();
    const Member member = *top.find(old);
    const std::string value = value_of(member);
    if (build) {
      take_out_and_append(old, {"build"}, name, value);
    } else {
      const std::string made = "\"build\": {\"" + std::string(name) + "\": " + value + '}';
      out_.text.replace(member.begin, member.end - member.begin, made);
    }
    said('"' + std::string(old) + "\" is \"build." + name + "\" now");
  }

  void take_out_and_append(const char* old, std::initializer_list<const char*> target,
                           const char* name, const std::string& value) {
    const Object top = root();
    text_edit::remove_member(out_.text, top, *top.find(old));
    text_edit::append_member(out_.text, *find(target), name, value);
  }

  /// Makes what is missing of the way to `customizations.vscode`; false: something else is there.
  bool make_way(std::initializer_list<const char*> path) {
    Object at = root();
    for (const char* name : path) {
      if (at.find(name) == nullptr) {
        const std::size_t open = at.open;
        text_edit::append_member(out_.text, at, name, "{}");
        at = *text_edit::object_at(out_.text, open);
      }
      auto next = text_edit::object_at(out_.text, at.find(name)->value);
      if (!next) return false;
      at = std::move(*next);
    }
    return true;
  }

  void move(const char* name, std::initializer_list<const char*> path) {
    if (!has(name) || leave_repeated(name) || leave_repeated("customizations")) return;
    std::string target;
    for (const char* part : path) target += std::string(part) + '.';
    target += name;
    const auto there = find(path);
    if (there && there->find(name) != nullptr) {
      said('"' + std::string(name) + "\" was left: \"" + target + "\" is there too");
      return;
    }
    const Object top = root();
    const std::string value = value_of(*top.find(name));
    text_edit::remove_member(out_.text, top, *top.find(name));
    if (!make_way(path)) {
      throw Error(Status::invalid, "config.invalid",
                  "\"customizations\" and its \"vscode\" must be objects before \"" +
                      std::string(name) + "\" can move there")
          .at({.file = file_});
    }
    text_edit::append_member(out_.text, *find(path), name, value);
    said('"' + std::string(name) + "\" is \"" + target + "\" now");
  }

  void rename_variables() {
    constexpr std::string_view old = "${env:";
    int count = 0;
    const auto begins = text_edit::string_values(out_.text);
    // From the end, so that offsets before stay what they are.
    for (auto begin = begins.rbegin(); begin != begins.rend(); ++begin) {
      const std::size_t limit = begin == begins.rbegin() ? out_.text.size() : *(begin - 1);
      std::size_t end = *begin + 1;
      while (end < limit && out_.text[end] != '"') end += out_.text[end] == '\\' ? 2 : 1;
      for (std::size_t at = out_.text.rfind(old, end); at != std::string::npos && at > *begin;
           at = out_.text.rfind(old, at - 1)) {
        out_.text.replace(at, old.size(), "${localEnv:");
        ++count;
      }
    }
    if (count == 0) return;
    said("\"${env:\" is \"${localEnv:\" now, in " +
         (count == 1 ? "one place" : std::to_string(count) + " places"));
  }

  std::string file_;
  Migration out_;
};

}  // namespace

Migration migrate_config(std::string_view text, const std::string& file) {
  const auto json = read_jsonc(text, {file, false});
  if (!json || !json->is_object()) {
    SourceLocation where;
    where.file = file;
    throw Error(Status::invalid, "config.not_an_object",
                "Dev container config (" + file + ") must contain a JSON object literal.")
        .at(std::move(where));
  }
  Migrator migrator(text, file);
  migrator.run();
  return migrator.take();
}

Migration migrate_config_file(const std::string& file, bool write) {
  std::error_code failure;
  const auto real = std::filesystem::canonical(file, failure);
  if (failure) {
    throw Error(Status::not_found, "config.not_found",
                "Dev container config (" + file + ") not found.");
  }
  auto out = migrate_config(read_file(real), file);
  if (!write || out.text == out.before) return out;
  const auto mode = std::filesystem::status(real).permissions();
  write_file(real, out.text, static_cast<mode_t>(mode & std::filesystem::perms::mask));
  return out;
}

}  // namespace fairlead

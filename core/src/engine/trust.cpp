#include "engine/trust.hpp"

#include "base/atomic_file.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "engine/remote_folder.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string_view>

namespace fairlead {
namespace {

/// What was allowed: one hash a line. Only the user's own account can write it.
class Answers {
 public:
  Answers(const Core& core, const std::string& folder)
      : file_(std::filesystem::path(core.state_folder()) / "trust" / sha256_hex(folder)) {
    const auto text = read_file_if_there(file_);
    if (!text) return;
    for (const auto line : split(*text, '\n')) {
      if (!line.empty()) known_.emplace(line);
    }
  }

  bool allow(const std::string& wish) const { return known_.contains(sha256_hex(wish)); }

  void keep(const std::vector<std::string>& wishes) {
    for (const auto& wish : wishes) known_.insert(sha256_hex(wish));
    std::string text;
    for (const auto& hash : known_) text += hash + '\n';
    write_file(file_, text, 0600);
  }

 private:
  std::filesystem::path file_;
  std::set<std::string> known_;
};

/// What a repository wrote must neither move the cursor nor read backwards: control characters and
/// Unicode's overrides of direction are shown as what they are not.
std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto three = text.substr(i, 3);
    const bool turns = (three >= "\xe2\x80\xaa" && three <= "\xe2\x80\xae") ||
                       (three >= "\xe2\x81\xa6" && three <= "\xe2\x81\xa9");
    if (text[i] == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f || (turns && three.size() == 3)) {
      out += '?';
      if (turns) i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string listed(const std::vector<std::string>& wishes) {
  std::string text;
  for (const auto& wish : wishes) text += "\n  " + printable(wish);
  return text;
}

bool trusts_everything(const Core& core, const Settings& settings) {
  return core.mode() == Mode::drop_in || core.options().trust || settings.text("trust") == "always";
}

std::string host_wish(const std::string& host) {
  return "work on the host " + host + ", which you did not add";
}

/// What the project asks for and does not get; empty: nothing, or the caller has chosen.
std::string refused_host(const Settings& settings) {
  if (settings.at("host").origin.layer > SettingsLayer::project) return {};
  for (const auto& warning : settings.warnings()) {
    if (!warning.host.empty()) return warning.host;
  }
  return {};
}

}  // namespace

void require_trust(Core& core, const Workspace& workspace, const std::vector<std::string>& wishes,
                   const std::stop_token& stop) {
  if (wishes.empty() || trusts_everything(core, workspace.settings)) return;
  const auto folder = workspace.remote ? workspace.remote->place().text()
                                       : workspace.document->workspace.local_folder;
  Answers answers(core, folder);
  std::vector<std::string> open;
  std::ranges::copy_if(wishes, std::back_inserter(open),
                       [&](const auto& wish) { return !answers.allow(wish); });
  if (open.empty()) return;
  if (!core.options().ask_trust) {
    throw Error(
        Status::denied, "trust.needed",
        "The workspace " + folder + " wants to:" + listed(open) + "\nNobody has allowed that yet.",
        "Run it once on a terminal and answer, or say --trust; the setting trust = "
        "\"always\" is for machines where every workspace is trusted.");
  }
  TrustQuestion question{.workspace = printable(folder), .wishes = {}};
  for (const auto& wish : open) question.wishes.push_back(printable(wish));
  if (!core.options().ask_trust(question, stop)) {
    if (stop.stop_requested()) throw Error(Status::cancelled, "cancelled", "cancelled");
    throw Error(Status::denied, "trust.refused",
                "Not allowed for the workspace " + folder + ':' + listed(open),
                "Nothing was run or made.");
  }
  answers.keep(open);
}

bool may_use_host(const Core& core, const Settings& settings, const std::string& folder,
                  const std::string& host) {
  if (core.mode() == Mode::drop_in) return false;  // the reference knows no hosts
  return trusts_everything(core, settings) || Answers(core, folder).allow(host_wish(host));
}

Workspace on_allowed_host(Core& core, Workspace workspace, const Selection& selection,
                          const std::stop_token& stop) {
  const auto host = refused_host(workspace.settings);
  if (host.empty() || !workspace.document || core.mode() == Mode::drop_in) return workspace;
  require_trust(core, workspace, {host_wish(host)}, stop);
  return open_workspace(core, selection, stop);
}

}  // namespace fairlead

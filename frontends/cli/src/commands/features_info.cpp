#include "commands/collection_commands.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"

#include <fairlead/features.hpp>

#include <algorithm>

namespace fairlead::cli {
namespace {

constexpr const char* no_manifest =
    "No manifest found! If this manifest requires authentication, please login.\n";

std::string repeated(std::string_view text, std::size_t count) {
  std::string result;
  while (count-- > 0) result += text;
  return result;
}

// A bold heading in a box of lines.
std::string heading(const std::string& title) {
  const std::string line = repeated("─", title.size());
  return "┌" + line + "┐\n│\x1b[1m" + title + "\x1b[22m│\n└" + line + "┘\n";
}

std::string tags_text(const FeatureInfo& info) {
  std::string text;
  for (const auto& tag : info.tags) text += (text.empty() ? "" : "\n   ") + tag;
  return text + '\n';
}

std::string info_text(const FeatureInfo& info, const FeatureQuestion& question) {
  std::string text;
  if (question.manifest) {
    text += heading("Manifest") + info.manifest + "\n\n" + heading("Canonical Identifier") +
            info.canonical_id + "\n\n";
  }
  if (question.tags) text += heading("Published Tags") + tags_text(info);
  if (question.dependencies) {
    text +=
        heading("Dependency Tree (Render with https://mermaid.live/)") + info.dependencies + '\n';
  }
  return text;
}

// What the reference answers where there is nothing to show; the reason goes to stderr.
std::string reference_answer(const Error& error, const std::string& id, bool json) {
  const bool unreadable = error.code() == "features.reference" ||
                          error.code() == "registry.reference" || error.code() == "features.legacy";
  if (!unreadable) return json ? "{}\n" : no_manifest;
  return json ? "{} 3\n" : "Failed to parse Feature identifier '" + id + "'\n 5\n";
}

std::string without_version(const std::string& id) {
  return id.substr(0, id.find_first_of(":@", id.rfind('/')));
}

int answer(const FeatureInfo& info, const FeatureQuestion& question, bool json, Session& session) {
  if (question.tags && info.tags.empty()) {
    session.write_out(json ? "{}\n"
                           : "No published versions found for feature '" +
                                 without_version(question.id) + "'\n\n");
    return 1;
  }
  session.write_out(json ? info.json + '\n' : info_text(info, question));
  return 0;
}

}  // namespace

int run_features_info(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  const bool json = arguments.text("output-format") == "json" || arguments.flag("json");
  const std::string mode = arguments.positional(0);
  const bool all = mode == "verbose";
  const FeatureQuestion question{.id = arguments.positional(1),
                                 .manifest = all || mode == "manifest",
                                 .tags = all || mode == "tags",
                                 .dependencies = !json && (all || mode == "dependencies")};
  try {
    Core core(core_options(arguments), *log);
    return answer(feature_info(core, question, signals.token()), question, json, session);
  } catch (const Error& error) {
    const bool own = arguments.mode() == Mode::fairlead || error.status() == Status::cancelled;
    if (own || error.code() == "registry.unreachable") throw;
    Log(*log).text(LogLevel::error, error.text());
    session.write_out(reference_answer(error, question.id, json));
    return 1;
  }
}

}  // namespace fairlead::cli

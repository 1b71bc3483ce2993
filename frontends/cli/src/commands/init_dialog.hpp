#pragma once

#include "../questions.hpp"
#include "../session.hpp"

#include <fairlead/init.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace fairlead::cli {

/// What a person can begin with: files of the project first, then templates.
struct InitOffer {
  std::vector<ProjectFile> files;
  std::vector<OfferedTemplate> templates;
};

/// Asks what is open in `request`: where to begin, the options of the template, its optional paths,
/// features; what is set already is not asked. `find_features` gets what can be added when the
/// person wants to see it. Throws Error(cancelled, "init.no_answer") when the input ends.
class InitDialog {
 public:
  using FeatureFinder = std::function<std::vector<OfferedFeature>()>;

  /// Who answers instead of a person at the session's terminal.
  struct Asked {
    std::shared_ptr<Questions> questions;
    std::stop_token stop;
  };

  InitDialog(Session& session, Asked asked, FeatureFinder find_features)
      : session_(session), asked_(std::move(asked)), find_features_(std::move(find_features)) {}

  void ask(const InitOffer& offer, InitRequest& request);
  /// Yes or no; `usual` is what an empty line means.
  bool confirm(const std::string& question, bool usual);

 private:
  using Item = Questions::Item;

  std::string line(const std::string& prompt);
  void show(const std::vector<Item>& items, const std::string& filter);
  std::size_t choose(const std::string& prompt, const std::vector<Item>& items);
  void begin(const InitOffer& offer, InitRequest& request);
  void choose_service(const ProjectFile& file, InitRequest& request);
  void ask_options(const OfferedTemplate& offered, InitRequest& request);
  std::string value_of(const TemplateOption& option);
  void ask_features(InitRequest& request);

  Session& session_;
  Asked asked_;
  FeatureFinder find_features_;
};

/// Whether `filter` is part of a text in any case; an empty one is part of everything.
bool contains_in_any_case(const std::string& text, const std::string& filter);

}  // namespace fairlead::cli

#include "commands/init_dialog.hpp"

#include <fairlead/error.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>

namespace fairlead::cli {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::optional<std::size_t> number_of(const std::string& text) {
  std::size_t number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(", \t", at)) != std::string::npos) {
    const auto end = std::min(text.find_first_of(", \t", at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

/// Other people's words: nothing that steers a terminal.
std::string shown(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

std::string question_of(const TemplateOption& option) {
  std::string text = option.name;
  if (!option.description.empty()) text += " (" + option.description + ")";
  std::string choices;
  for (const auto& choice : option.choices) choices += (choices.empty() ? ": " : ", ") + choice;
  if (!option.only_choices && !choices.empty()) choices += ", …";
  return shown(text + choices + " [" + option.default_value + "] ");
}

[[noreturn]] void give_up() {
  throw Error(Status::cancelled, "init.no_answer", "Nothing was written: the question was left.",
              "--template and --option answer without a terminal.");
}

}  // namespace

bool contains_in_any_case(const std::string& text, const std::string& filter) {
  return lower(text).find(lower(filter)) != std::string::npos;
}

std::string InitDialog::line(const std::string& prompt) {
  session_.write_err(prompt);
  const auto answer = session_.read_line();
  if (answer) return trimmed(*answer);
  session_.write_err("\n");
  give_up();
}

bool InitDialog::confirm(const std::string& question, bool usual) {
  if (asked_.questions) return asked_.questions->confirm(question, usual, asked_.stop);
  for (;;) {
    const auto answer = lower(line(question + (usual ? " [Y/n] " : " [y/N] ")));
    if (answer.empty()) return usual;
    if (answer == "y" || answer == "yes") return true;
    if (answer == "n" || answer == "no") return false;
  }
}

void InitDialog::show(const std::vector<Item>& items, const std::string& filter) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto& [name, description] = items[i];
    if (!contains_in_any_case(name + ' ' + description, filter)) continue;
    text += "  " + std::to_string(i + 1) + "  " + shown(name) +
            (description.empty() ? "" : " - " + shown(description)) + '\n';
  }
  session_.write_err(text.empty() ? "  nothing has '" + shown(filter) + "' in it\n" : text);
}

std::size_t InitDialog::choose(const std::string& prompt, const std::vector<Item>& items) {
  if (asked_.questions) {
    const auto chosen = asked_.questions->choose(prompt, items, asked_.stop);
    if (!chosen) give_up();
    return *chosen;
  }
  show(items, {});
  for (;;) {
    const auto answer =
        line(prompt + " [1-" + std::to_string(items.size()) + ", or text to filter] ");
    const auto number = number_of(answer);
    if (number && *number > 0 && *number <= items.size()) return *number - 1;
    show(items, number ? std::string() : answer);
  }
}

void InitDialog::choose_service(const ProjectFile& file, InitRequest& request) {
  request.file = file.path;
  if (file.services.size() < 2) return;
  std::vector<Item> items;
  for (const auto& service : file.services) items.push_back({service, {}});
  request.service = file.services[choose("Which service do you work in?", items)];
}

void InitDialog::begin(const InitOffer& offer, InitRequest& request) {
  std::vector<Item> items;
  for (const auto& file : offer.files) {
    items.push_back({file.path, file.services.empty() ? "the image that this project builds"
                                                      : "a service of this project"});
  }
  for (const auto& one : offer.templates) {
    items.push_back({one.id.substr(one.id.find_last_of('/') + 1),
                     one.name + (one.description.empty() ? "" : ". " + one.description)});
  }
  if (items.empty()) {
    throw Error(Status::not_found, "init.nothing", "There is no template to choose from.",
                "--collection names another collection, or a folder of templates.");
  }
  constexpr const char* question = "What is the development container to be made from?";
  if (!asked_.questions) session_.write_err(std::string(question) + '\n');
  const auto chosen = choose(asked_.questions ? question : "Which one?", items);
  if (chosen < offer.files.size()) return choose_service(offer.files[chosen], request);
  const auto& offered = offer.templates[chosen - offer.files.size()];
  request.template_id = offered.id;
  ask_options(offered, request);
}

std::string InitDialog::value_of(const TemplateOption& option) {
  if (asked_.questions) {
    const auto about = option.description.empty() ? "" : " (" + option.description + ')';
    return asked_.questions->text({.message = option.name + about,
                                   .usual = option.default_value,
                                   .choices = option.choices,
                                   .only_choices = option.only_choices},
                                  asked_.stop);
  }
  const auto answer = line(question_of(option));
  return answer.empty() ? option.default_value : answer;
}

void InitDialog::ask_options(const OfferedTemplate& offered, InitRequest& request) {
  for (const auto& option : offered.options) {
    while (!request.options.contains(option.name)) {
      const auto value = value_of(option);
      const auto& choices = option.choices;
      const bool known = std::find(choices.begin(), choices.end(), value) != choices.end();
      if (choices.empty() || !option.only_choices || known) {
        request.options[option.name] = value;
      } else if (asked_.questions) {
        throw Error(Status::invalid, "init.option",
                    "'" + value + "' is no value of the option '" + option.name + "'.");
      }
    }
  }
  if (!request.omitted.empty()) return;
  for (const auto& path : offered.optional_paths) {
    if (!confirm("Write " + shown(path) + " too?", true)) request.omitted.push_back(path);
  }
}

void InitDialog::ask_features(InitRequest& request) {
  if (asked_.questions) {
    request.features = words_of(asked_.questions->text(
        {.message = "Features to add: their ids", .usual = {}, .choices = {}}, asked_.stop));
    return;
  }
  std::vector<Item> known;
  for (;;) {
    const auto answer =
        line("Features to add (ids; ? or ?text lists what there is; empty: none, or no more) ");
    if (answer.empty()) return;
    if (answer.front() != '?') {
      for (auto& word : words_of(answer)) {
        const auto number = number_of(word);
        const bool listed = number && *number > 0 && *number <= known.size();
        request.features.push_back(listed ? known[*number - 1].name : word);
      }
      continue;
    }
    if (known.empty()) {
      for (const auto& feature : find_features_()) {
        known.push_back(
            {feature.id,
             feature.name + (feature.description.empty() ? "" : ". " + feature.description)});
      }
    }
    show(known, answer.substr(1));
  }
}

void InitDialog::ask(const InitOffer& offer, InitRequest& request) {
  if (!request.file.empty()) {
    const auto file =
        std::find_if(offer.files.begin(), offer.files.end(),
                     [&](const ProjectFile& one) { return one.path == request.file; });
    if (file != offer.files.end() && request.service.empty()) choose_service(*file, request);
  } else if (request.template_id.empty()) {
    begin(offer, request);
  } else {
    const auto offered =
        std::find_if(offer.templates.begin(), offer.templates.end(),
                     [&](const OfferedTemplate& one) { return one.id == request.template_id; });
    if (offered != offer.templates.end()) ask_options(*offered, request);
  }
  if (request.features.empty()) ask_features(request);
}

}  // namespace fairlead::cli

#include "commands/collection_commands.hpp"
#include "commands/commands.hpp"
#include "commands/init_dialog.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"
#include "commands/trust_prompt.hpp"
#include "json_text.hpp"
#include "table.hpp"

#include <algorithm>

namespace fairlead::cli {
namespace {

constexpr const char* usual_features = "ghcr.io/devcontainers/features";

bool may_ask(const Arguments& arguments, const Session& session) {
  const auto questions = questions_of(arguments);
  if (questions) return questions->answers(Questions::Kind::choice) && !arguments.flag("yes");
  return session.in.is_terminal && session.err.is_terminal && session.read_line &&
         !arguments.flag("yes") && !arguments.flag("json");
}

/// A bare word is one of the collection's.
std::string template_id(const std::string& given, const std::string& collection) {
  if (given.empty() || given.find('/') != std::string::npos || given.starts_with('.')) return given;
  return collection + '/' + given;
}

std::map<std::string, std::string> options_of(const Arguments& arguments) {
  std::map<std::string, std::string> options;
  for (const auto& text : arguments.list("option")) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw Error(Status::invalid, "init.option", "'" + text + "' is no option.",
                  "It is written --option name=value.");
    }
    options[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return options;
}

InitRequest request_of(const Arguments& arguments, const std::string& collection) {
  return {.workspace_folder = arguments.text("workspace-folder"),
          .template_id = template_id(arguments.positional(0), collection),
          .file = arguments.text("from"),
          .service = arguments.text("service"),
          .options = options_of(arguments),
          .features = arguments.list("feature"),
          .omitted = arguments.list("omit-path"),
          .replace = arguments.flag("force")};
}

std::string list_json(const std::vector<OfferedTemplate>& templates) {
  std::string list;
  for (const auto& one : templates) {
    std::string options;
    for (const auto& option : one.options) {
      std::string choices;
      for (const auto& choice : option.choices) {
        choices += (choices.empty() ? "" : ",") + json_string(choice);
      }
      options += (options.empty() ? "" : ",") + std::string(R"({"name":)") +
                 json_string(option.name) + R"(,"description":)" + json_string(option.description) +
                 R"(,"default":)" + json_string(option.default_value) + R"(,"choices":[)" +
                 choices + R"(],"onlyChoices":)" + (option.only_choices ? "true" : "false") + '}';
    }
    list += (list.empty() ? "" : ",") + std::string(R"({"id":)") + json_string(one.id) +
            R"(,"name":)" + json_string(one.name) + R"(,"description":)" +
            json_string(one.description) + R"(,"options":[)" + options + "]}";
  }
  return R"({"templates":[)" + list + "]}\n";
}

int list_templates(const Arguments& arguments, Session& session,
                   const std::vector<OfferedTemplate>& all) {
  std::vector<OfferedTemplate> wanted;
  std::copy_if(all.begin(), all.end(), std::back_inserter(wanted), [&](const auto& one) {
    return contains_in_any_case(one.id + ' ' + one.name + ' ' + one.description,
                                arguments.positional(0));
  });
  if (arguments.flag("json")) {
    session.write_out(list_json(wanted));
    return 0;
  }
  Table table({"TEMPLATE", "NAME", "DESCRIPTION"});
  for (const auto& one : wanted) table.add({one.id, one.name, one.description});
  session.write_out(table.text(session.out.colour));
  return 0;
}

/// Without its templates a collection leaves what the project itself has.
InitOffer offer_of(Core& core, const InitRequest& request, const std::string& collection,
                   const std::stop_token& stop) {
  InitOffer offer{.files = project_files(core, request.workspace_folder), .templates = {}};
  if (!request.file.empty()) return offer;
  try {
    offer.templates = offered_templates(
        core,
        request.template_id.empty()
            ? collection
            : request.template_id.substr(0, request.template_id.find_last_of('/')),
        stop);
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    if (offer.files.empty() && request.template_id.empty()) throw;
    core.log().text(LogLevel::warning, error.text());
  }
  return offer;
}

void require_choice(const InitRequest& request) {
  if (!request.file.empty() || !request.template_id.empty()) return;
  throw Error(Status::invalid, "init.choice", "Nothing says what to make the configuration from.",
              "Name a template, or a file by --from; --list shows the templates.");
}

std::vector<std::string> write(Core& core, InitRequest request, InitDialog* dialog,
                               const std::stop_token& stop) {
  try {
    return init_workspace(core, request, stop);
  } catch (const Error& error) {
    if (error.code() != "init.exists" || dialog == nullptr) throw;
    if (!dialog->confirm(error.message() + "\nReplace them?", false)) throw;
  }
  request.replace = true;
  return init_workspace(core, request, stop);
}

}  // namespace

int run_init(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto collection = arguments.text("collection");
  if (arguments.flag("list")) {
    return list_templates(arguments, session, offered_templates(core, collection, signals.token()));
  }
  auto request = request_of(arguments, collection);
  const bool asks = may_ask(arguments, session);
  InitDialog dialog(session, {questions_of(arguments), signals.token()},
                    [&] { return offered_features(core, usual_features, signals.token()); });
  if (asks) dialog.ask(offer_of(core, request, collection, signals.token()), request);
  require_choice(request);
  const auto files = write(core, std::move(request), asks ? &dialog : nullptr, signals.token());
  std::string text;
  for (const auto& file : files) {
    text += arguments.flag("json") ? (text.empty() ? "" : ",") + json_string(file) : file + '\n';
  }
  session.write_out(arguments.flag("json") ? R"({"files":[)" + text + "]}\n" : text);
  return 0;
}

}  // namespace fairlead::cli

//! The journeys, in the order in which they are told.

mod address;
mod apps;
mod axe;
mod cascade;
mod chart;
mod counter;
mod export;
mod form;
mod inputs;
mod keys;
mod late;
mod lost;
mod layout;
mod live;
mod place;
mod rows;
mod scatter;
mod still;
mod table;
mod upload;
mod visit;
mod widgets;
mod windows;
mod write;

use crate::support::AppFolder::{Alone, Demo, DemoAlone, German, Own};
use crate::support::Journey;

/// Every journey.
pub(crate) const ALL: &[Journey] = &[
    Journey { name: "counter_in_yaml", app: Demo, make: |tab| Box::pin(counter::counts_runs(tab, "/counter")) },
    Journey { name: "counter_in_toml", app: Demo, make: |tab| Box::pin(counter::counts_runs(tab, "/counter-toml")) },
    Journey {
        name: "points_stay_when_their_colour_changes",
        app: Demo,
        make: |tab| Box::pin(scatter::points_stay(tab)),
    },
    Journey {
        name: "charts_write_numbers_in_the_language_of_the_app",
        app: German,
        make: |tab| Box::pin(chart::writes_german(tab)),
    },
    Journey { name: "rows_of_a_database_are_a_table", app: Demo, make: |tab| Box::pin(table::shows_rows(tab)) },
    Journey { name: "a_table_is_paged_and_sorted", app: Own, make: |tab| Box::pin(table::pages_and_sorts(tab)) },
    Journey { name: "a_table_is_paged_without_script", app: Own, make: |tab| Box::pin(table::without_script(tab)) },
    Journey { name: "rows_are_selected", app: Own, make: |tab| Box::pin(table::selects_rows(tab)) },
    Journey {
        name: "rows_are_selected_without_script",
        app: Own,
        make: |tab| Box::pin(table::selects_without_script(tab)),
    },
    Journey { name: "rows_have_widgets_and_buttons", app: Own, make: |tab| Box::pin(rows::act_for_their_row(tab)) },
    Journey { name: "rows_change_alone", app: Own, make: |tab| Box::pin(rows::leave_other_rows_alone(tab)) },
    Journey {
        name: "rows_have_widgets_and_buttons_without_script",
        app: Own,
        make: |tab| Box::pin(rows::act_without_script(tab)),
    },
    Journey { name: "choices_follow_each_other", app: Demo, make: |tab| Box::pin(cascade::choices_follow(tab)) },
    Journey { name: "charts_select_each_other", app: Own, make: |tab| Box::pin(chart::select_each_other(tab)) },
    Journey { name: "a_range_is_dragged_over", app: Own, make: |tab| Box::pin(chart::drag_over_days(tab)) },
    Journey { name: "charts_are_zoomed_into", app: Demo, make: |tab| Box::pin(chart::zooms(tab)) },
    Journey { name: "charts_are_selected_by_fields", app: Own, make: |tab| Box::pin(chart::by_fields(tab)) },
    Journey { name: "sales_are_filtered", app: Demo, make: |tab| Box::pin(apps::sales::filters_follow(tab)) },
    Journey { name: "sales_are_clicked_through", app: Demo, make: |tab| Box::pin(apps::sales::charts_filter(tab)) },
    Journey { name: "orders_are_found", app: Demo, make: |tab| Box::pin(apps::sales::table_is_used(tab)) },
    Journey { name: "customers_lead_to_pages", app: Demo, make: |tab| Box::pin(apps::customers::lead_to_pages(tab)) },
    Journey { name: "the_weather_is_explored", app: Demo, make: |tab| Box::pin(apps::weather::is_explored(tab)) },
    Journey { name: "the_live_page_goes_on", app: Demo, make: |tab| Box::pin(apps::live::goes_on(tab)) },
    Journey { name: "issues_are_tracked", app: Demo, make: |tab| Box::pin(apps::issues::are_tracked(tab)) },
    Journey { name: "every_page_reads_without_script", app: Demo, make: |tab| Box::pin(apps::plain::every_page(tab)) },
    Journey { name: "sales_are_filtered_without_script", app: Demo, make: |tab| Box::pin(apps::plain::sales(tab)) },
    Journey {
        name: "issues_are_written_without_script",
        app: DemoAlone,
        make: |tab| Box::pin(apps::plain::issues(tab)),
    },
    Journey { name: "keys_reach_everything", app: Demo, make: |tab| Box::pin(keys::reach_everything(tab)) },
    Journey { name: "keys_do_everything", app: Demo, make: |tab| Box::pin(keys::do_everything(tab)) },
    Journey { name: "keys_change_widgets", app: Demo, make: |tab| Box::pin(keys::change_widgets(tab)) },
    Journey { name: "tabs_and_expanders_open", app: Demo, make: |tab| Box::pin(layout::opens_and_closes(tab)) },
    Journey { name: "every_page_opens_everywhere", app: Demo, make: |tab| Box::pin(visit::every_page(tab)) },
    Journey { name: "axe_finds_nothing_in_a_third", app: Demo, make: |tab| Box::pin(axe::finds_nothing(tab, (0, 3))) },
    Journey { name: "axe_finds_nothing_in_another", app: Demo, make: |tab| Box::pin(axe::finds_nothing(tab, (1, 3))) },
    Journey { name: "axe_finds_nothing_in_the_last", app: Demo, make: |tab| Box::pin(axe::finds_nothing(tab, (2, 3))) },
    Journey {
        name: "axe_finds_nothing_where_much_is_wrong",
        app: Own,
        make: |tab| Box::pin(axe::finds_nothing(tab, (0, 1))),
    },
    Journey { name: "nothing_moves_in_the_demo", app: Demo, make: |tab| Box::pin(still::while_pages_load(tab)) },
    Journey { name: "nothing_moves_on_odd_pages", app: Own, make: |tab| Box::pin(still::while_pages_load(tab)) },
    Journey {
        name: "results_arrive_in_their_places",
        app: Own,
        make: |tab| Box::pin(still::while_results_arrive(tab)),
    },
    Journey { name: "every_widget_follows_reset", app: Own, make: |tab| Box::pin(widgets::follow_reset(tab)) },
    Journey { name: "widgets_with_parts_are_used", app: Own, make: |tab| Box::pin(inputs::are_used(tab)) },
    Journey { name: "widgets_work_without_script", app: Own, make: |tab| Box::pin(inputs::work_without_script(tab)) },
    Journey { name: "a_form_is_submitted", app: Alone, make: |tab| Box::pin(form::is_submitted(tab)) },
    Journey { name: "a_form_is_refused", app: Alone, make: |tab| Box::pin(form::is_refused(tab)) },
    Journey { name: "a_form_works_without_script", app: Alone, make: |tab| Box::pin(form::without_script(tab)) },
    Journey { name: "a_file_becomes_a_table", app: Alone, make: |tab| Box::pin(upload::becomes_a_table(tab)) },
    Journey { name: "app_state_moves_between_pages", app: Own, make: |tab| Box::pin(widgets::moves_along(tab)) },
    Journey { name: "the_url_follows_state", app: Own, make: |tab| Box::pin(address::follows(tab)) },
    Journey {
        name: "the_url_follows_state_without_script",
        app: Own,
        make: |tab| Box::pin(address::without_script(tab)),
    },
    Journey { name: "dialogs_open_and_close", app: Own, make: |tab| Box::pin(windows::open_and_close(tab)) },
    Journey { name: "buttons_ask_first", app: Own, make: |tab| Box::pin(windows::ask_before_acting(tab)) },
    Journey { name: "buttons_ask_without_script", app: Own, make: |tab| Box::pin(windows::ask_without_script(tab)) },
    Journey { name: "buttons_answer_keys", app: Own, make: |tab| Box::pin(windows::answer_keys(tab)) },
    Journey { name: "popovers_open", app: Own, make: |tab| Box::pin(windows::popover_opens(tab)) },
    Journey { name: "windows_open_without_script", app: Own, make: |tab| Box::pin(windows::without_script(tab)) },
    Journey { name: "focus_and_scroll_stay", app: Own, make: |tab| Box::pin(place::stays(tab)) },
    Journey { name: "slow_and_broken_queries_hold_up_nothing", app: Own, make: |tab| Box::pin(late::arrives(tab)) },
    Journey { name: "a_live_page_ticks", app: Own, make: |tab| Box::pin(live::ticks(tab)) },
    Journey {
        name: "a_live_page_rests_in_the_background",
        app: Own,
        make: |tab| Box::pin(live::rests_in_the_background(tab)),
    },
    Journey { name: "a_live_page_outlasts_a_restart", app: Alone, make: |tab| Box::pin(live::outlasts_a_restart(tab)) },
    Journey { name: "a_click_writes_once", app: Alone, make: |tab| Box::pin(write::writes_once(tab)) },
    Journey { name: "a_form_without_script_writes_once", app: Alone, make: |tab| Box::pin(write::without_script(tab)) },
    Journey { name: "a_table_is_handed_over", app: Own, make: |tab| Box::pin(export::of_a_table(tab)) },
    Journey { name: "a_download_is_of_what_the_page_shows", app: Own, make: |tab| Box::pin(export::hands_over(tab)) },
    Journey { name: "a_lost_view_is_rebuilt", app: Alone, make: |tab| Box::pin(lost::is_rebuilt(tab)) },
];
